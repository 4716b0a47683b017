import WarrenMessaging

/// The column that keeps who waits for an instance's end.
enum WaiterCodec {
    static func encode(_ waiters: [ReplyAddress]) -> [UInt8] {
        var bytes: [UInt8] = []
        for waiter in waiters {
            // Neither names nor correlation IDs of messages contain a zero byte.
            for field in [waiter.queue, waiter.correlationID, waiter.mode.rawValue] {
                bytes.append(contentsOf: field.utf8)
                bytes.append(0)
            }
        }
        return bytes
    }

    static func decode(_ bytes: [UInt8]) -> [ReplyAddress] {
        let fields = bytes.split(separator: 0, omittingEmptySubsequences: false).map {
            String(decoding: $0, as: UTF8.self)
        }
        return stride(from: 0, to: fields.count - 2, by: 3).compactMap { at in
            ReplyAddress.Mode(rawValue: fields[at + 2]).map {
                ReplyAddress(queue: fields[at], correlationID: fields[at + 1], mode: $0)
            }
        }
    }
}
