import AMQP

/// How many bytes headers take, roughly as they are on the wire.
enum HeaderSize {
    static func bytes(of table: FieldTable) -> Int {
        // A list of our own instead of recursion: a peer decides how deep tables are nested.
        var pending: [FieldValue] = [.table(table)]
        var total = 0
        while let value = pending.popLast() {
            total += 1
            switch value {
            case .void: break
            case .bool, .int8, .uint8: total += 1
            case .int16, .uint16: total += 2
            case .int32, .uint32, .float: total += 4
            case .int64, .uint64, .double, .timestamp: total += 8
            case .decimal: total += 5
            case .string(let text): total += 4 + text.utf8.count
            case .bytes(let bytes): total += 4 + bytes.count
            case .array(let values):
                total += 4
                pending += values
            case .table(let table):
                total += 4
                for (key, value) in table {
                    total += 1 + key.utf8.count
                    pending.append(value)
                }
            }
        }
        return total
    }
}
