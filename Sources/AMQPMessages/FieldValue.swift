/// A value in a header table: every field type of AMQP 0-9-1 as RabbitMQ writes it.
///
/// Source: the RabbitMQ page "AMQP 0-9-1 Errata", section "Field types".
public enum FieldValue: Sendable, Hashable {
    /// `V`
    case void
    /// `t`
    case bool(Bool)
    /// `b`
    case int8(Int8)
    /// `B`
    case uint8(UInt8)
    /// `s`
    case int16(Int16)
    /// `u`
    case uint16(UInt16)
    /// `I`
    case int32(Int32)
    /// `i`
    case uint32(UInt32)
    /// `l`
    case int64(Int64)
    /// `L`
    case uint64(UInt64)
    /// `f`
    case float(Float)
    /// `d`
    case double(Double)
    /// `D`: the value times ten to the power of minus `scale`.
    case decimal(scale: UInt8, value: UInt32)
    /// `S`, when the bytes are UTF-8.
    case string(String)
    /// `x`, and `S` when the bytes are not UTF-8.
    case bytes([UInt8])
    /// `T`: seconds since 1970.
    case timestamp(UInt64)
    /// `A`
    case array([FieldValue])
    /// `F`
    case table(FieldTable)
}

extension FieldValue {
    /// The maximum number of nested tables and lists in a header. One more level is read from a peer, so that a header
    /// which is too deep can be told from one that is not; deeper levels are read as `void`, because a peer must not
    /// determine how much stack is used. Higher layers refuse or cut deeper headers.
    public static let depthLimit = 16

    /// The number of nested tables and lists of the value: 0 for any other value.
    public var depth: Int {
        switch self {
        case .array, .table: break
        default: return 0
        }
        // Iterates level by level instead of by recursion.
        var depth = 0
        var level = [self]
        while true {
            var next: [FieldValue] = []
            var isNested = false
            for value in level {
                switch value {
                case .array(let values):
                    isNested = true
                    next += values
                case .table(let table):
                    isNested = true
                    next += table.values
                default: break
                }
            }
            guard isNested else { return depth }
            depth += 1
            level = next
        }
    }

    /// The text of a string value.
    public var string: String? {
        if case .string(let text) = self { text } else { nil }
    }

    /// The number of any integer value that fits.
    public var integer: Int64? {
        switch self {
        case .int8(let value): Int64(value)
        case .uint8(let value): Int64(value)
        case .int16(let value): Int64(value)
        case .uint16(let value): Int64(value)
        case .int32(let value): Int64(value)
        case .uint32(let value): Int64(value)
        case .int64(let value): value
        case .uint64(let value): Int64(exactly: value)
        default: nil
        }
    }
}

extension FieldValue: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral, ExpressibleByBooleanLiteral {
    /// A string.
    public init(stringLiteral value: String) { self = .string(value) }
    /// A 64-bit integer.
    public init(integerLiteral value: Int64) { self = .int64(value) }
    /// A truth value.
    public init(booleanLiteral value: Bool) { self = .bool(value) }
}
