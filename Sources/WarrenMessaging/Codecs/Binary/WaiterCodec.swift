import WarrenSupport

/// Encodes the reply addresses of the callers that wait for an instance's end.
///
/// A version byte, a count, then queue, correlation ID and mode of each, each with its length in front. Earlier
/// versions ended each field with a zero byte and had no version byte; no queue's name begins with this one.
package enum WaiterCodec {
    private static let version: UInt8 = 1

    package static func encode(_ waiters: [ReplyAddress]) -> [UInt8] {
        guard !waiters.isEmpty else { return [] }
        var writer = ByteWriter()
        writer.byte(version)
        writer.number(UInt64(waiters.count))
        for waiter in waiters {
            writer.text(waiter.queue)
            writer.text(waiter.correlationID)
            writer.text(waiter.mode.rawValue)
        }
        return writer.bytes
    }

    /// The addresses up to the first that cannot be read.
    package static func decode(_ bytes: [UInt8]) -> [ReplyAddress] {
        guard bytes.first == version else { return formerly(bytes) }
        return bytes.withUnsafeBufferPointer { waiters(in: $0) }
    }

    private static func waiters(in bytes: UnsafeBufferPointer<UInt8>) -> [ReplyAddress] {
        var reader = ByteReader(bytes)
        var waiters: [ReplyAddress] = []
        do {
            _ = try reader.byte()
            for _ in 0..<(try reader.count()) {
                let queue = try reader.text()
                let correlationID = try reader.text()
                guard let mode = ReplyAddress.Mode(rawValue: try reader.text()) else { continue }
                waiters.append(ReplyAddress(queue: queue, correlationID: correlationID, mode: mode))
            }
        } catch {
            // The addresses that were read are used. The row's other columns show whether it is damaged.
        }
        return waiters
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
