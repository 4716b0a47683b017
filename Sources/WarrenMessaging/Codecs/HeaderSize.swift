import AMQPMessages

/// The approximate size of headers on the wire, in bytes.
enum HeaderSize {
    static func bytes(of table: FieldTable) -> Int {
        // Uses a list instead of recursion, because the peer determines the nesting of tables. Most headers have
        // nothing nested, and need no list either.
        var nested: [FieldValue] = []
        var total = 5 + bytes(in: table, &nested)
        while let value = nested.popLast() {
            switch value {
            case .array(let values):
                for value in values { total += bytes(of: value, &nested) }
            case .table(let table): total += bytes(in: table, &nested)
            default: break
            }
        }
        return total
    }

    private static func bytes(in table: FieldTable, _ nested: inout [FieldValue]) -> Int {
        var total = 0
        for (key, value) in table { total += 1 + key.utf8.count + bytes(of: value, &nested) }
        return total
    }

    /// The size of a value without its nested values, which are added to the list.
    private static func bytes(of value: FieldValue, _ nested: inout [FieldValue]) -> Int {
        switch value {
        case .void: return 1
        case .bool, .int8, .uint8: return 2
        case .int16, .uint16: return 3
        case .int32, .uint32, .float: return 5
        case .int64, .uint64, .double, .timestamp: return 9
        case .decimal: return 6
        case .string(let text): return 5 + text.utf8.count
        case .bytes(let bytes): return 5 + bytes.count
        case .array, .table:
            nested.append(value)
            return 5
        }
    }
}
