import WarrenSupport

/// Encodes the reply addresses of the callers that wait for an instance's end, or for the result of an update.
///
/// A version byte, a count, then queue, correlation ID and mode of each, each with its length in front. Callers of updates
/// follow with a count of their own, each with the update's ID in front; versions that do not know them do not read so
/// far. Earlier versions ended each field with a zero byte and had no version byte; no queue's name begins with this one.
package enum WaiterCodec {
    private static let version: UInt8 = 1

    package static func encode(_ waiters: [ReplyAddress], _ callers: [UpdateCaller] = []) -> [UInt8] {
        guard !waiters.isEmpty || !callers.isEmpty else { return [] }
        var writer = ByteWriter()
        writer.byte(version)
        writer.number(UInt64(waiters.count))
        for waiter in waiters { append(waiter, to: &writer) }
        guard !callers.isEmpty else { return writer.bytes }
        writer.number(UInt64(callers.count))
        for caller in callers {
            writer.text(caller.updateID)
            append(caller.address, to: &writer)
        }
        return writer.bytes
    }

    private static func append(_ address: ReplyAddress, to writer: inout ByteWriter) {
        writer.text(address.queue)
        writer.text(address.correlationID)
        writer.text(address.mode.rawValue)
    }

    /// The callers of updates, up to the first that cannot be read.
    package static func callers(in bytes: [UInt8]) -> [UpdateCaller] {
        guard bytes.first == version else { return [] }
        return bytes.withUnsafeBufferPointer { bytes in
            var reader = ByteReader(bytes)
            var callers: [UpdateCaller] = []
            do {
                _ = try reader.byte()
                for _ in 0..<(try reader.count()) { _ = try address(&reader) }
                guard !reader.isAtEnd else { return [] }
                for _ in 0..<(try reader.count()) {
                    let id = try reader.text()
                    guard let address = try address(&reader) else { continue }
                    callers.append(UpdateCaller(updateID: id, address: address))
                }
            } catch {
                // As for waiters: those that were read are used.
            }
            return callers
        }
    }

    /// The addresses up to the first that cannot be read.
    package static func decode(_ bytes: [UInt8]) -> [ReplyAddress] {
        guard let first = bytes.first else { return [] }
        guard first == version else { return formerly(bytes) }
        return bytes.withUnsafeBufferPointer { waiters(in: $0) }
    }

    private static func waiters(in bytes: UnsafeBufferPointer<UInt8>) -> [ReplyAddress] {
        var reader = ByteReader(bytes)
        var waiters: [ReplyAddress] = []
        do {
            _ = try reader.byte()
            for _ in 0..<(try reader.count()) {
                guard let waiter = try address(&reader) else { continue }
                waiters.append(waiter)
            }
        } catch {
            // The addresses that were read are used. The row's other columns show whether it is damaged.
        }
        return waiters
    }

    /// Reads an address; `nil` for one with a mode that this version does not know.
    private static func address(_ reader: inout ByteReader) throws(ByteProblem) -> ReplyAddress? {
        let queue = try reader.text()
        let correlationID = try reader.text()
        guard let mode = ReplyAddress.Mode(rawValue: try reader.text()) else { return nil }
        return ReplyAddress(queue: queue, correlationID: correlationID, mode: mode)
    }

    /// Reads the form of earlier versions. A correlation ID with a zero byte in it reads as several fields here: the
    /// address of a reply is checked again when it is published (`ReplyRules`), and reading stops at what cannot be an
    /// address.
    private static func formerly(_ bytes: [UInt8]) -> [ReplyAddress] {
        let fields = bytes.split(separator: 0, omittingEmptySubsequences: false).map {
            String(decoding: $0, as: UTF8.self)
        }
        var waiters: [ReplyAddress] = []
        var rest = fields[...]
        while let queue = rest.popFirst(), let correlationID = rest.popFirst(), let word = rest.popFirst(),
            !rest.isEmpty
        {
            guard !queue.isEmpty, let mode = ReplyAddress.Mode(rawValue: word) else { break }
            waiters.append(ReplyAddress(queue: queue, correlationID: correlationID, mode: mode))
        }
        return waiters
    }
}
