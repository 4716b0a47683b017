import AMQPMessages
import WarrenSupport

/// Encodes header values for the outbox: a letter for the type, as in AMQP, then the value.
///
/// Whatever is written can be read: tables and lists deeper than the reader's limit are written as `void`. No message
/// that a host takes is that deep (`WireLimits`); the limit is for messages that it refuses and keeps as dead letters.
enum FieldValueCodec {
    /// The limit of levels of tables and lists in a header. It is above that of AMQP deliveries
    /// (`FieldValue.depthLimit`) and of what earlier versions wrote, so that their rows can be read.
    static let maximumDepth = 64

    /// - Parameter depth: the number of tables and lists around the table.
    static func append(_ table: FieldTable, to writer: inout ByteWriter, depth: Int = 0) {
        writer.number(UInt64(table.count))
        // In the order of the keys, so that equal tables have equal bytes. Only the places are sorted: entries are large, and
        // each message has a table.
        withUnsafeTemporaryAllocation(of: FieldTable.Index.self, capacity: table.count) { places in
            var places = places
            _ = places.initialize(fromContentsOf: table.indices)
            defer { _ = places.deinitialize() }
            places.sort { table[$0].key < table[$1].key }
            for place in places {
                writer.text(table[place].key)
                append(table[place].value, to: &writer, depth: depth)
            }
        }
    }

    static func append(_ value: FieldValue, to writer: inout ByteWriter, depth: Int) {
        func tag(_ letter: Unicode.Scalar) { writer.byte(UInt8(ascii: letter)) }
        switch value {
        case .void: tag("V")
        case .bool(let flag):
            tag("t")
            writer.byte(flag ? 1 : 0)
        case .int8(let number):
            tag("b")
            writer.signed(Int64(number))
        case .uint8(let number):
            tag("B")
            writer.number(UInt64(number))
        case .int16(let number):
            tag("s")
            writer.signed(Int64(number))
        case .uint16(let number):
            tag("u")
            writer.number(UInt64(number))
        case .int32(let number):
            tag("I")
            writer.signed(Int64(number))
        case .uint32(let number):
            tag("i")
            writer.number(UInt64(number))
        case .int64(let number):
            tag("l")
            writer.signed(number)
        case .uint64(let number):
            tag("L")
            writer.number(number)
        case .float(let number):
            tag("f")
            writer.number(UInt64(number.bitPattern))
        case .double(let number):
            tag("d")
            writer.number(number.bitPattern)
        case .decimal(let scale, let number):
            tag("D")
            writer.byte(scale)
            writer.number(UInt64(number))
        case .string(let text):
            tag("S")
            writer.text(text)
        case .bytes(let bytes):
            tag("x")
            writer.data(bytes)
        case .timestamp(let seconds):
            tag("T")
            writer.number(seconds)
        case .array where depth >= maximumDepth, .table where depth >= maximumDepth: tag("V")
        case .array(let values):
            tag("A")
            writer.number(UInt64(values.count))
            for value in values { append(value, to: &writer, depth: depth + 1) }
        case .table(let table):
            tag("F")
            append(table, to: &writer, depth: depth + 1)
        }
    }

    static func table(_ reader: inout ByteReader, depth: Int) throws(ByteProblem) -> FieldTable {
        guard depth <= maximumDepth else { throw reader.problem("tables are nested too deep") }
        var table: FieldTable = [:]
        for _ in 0..<(try reader.count()) {
            let key = try reader.text()
            table[key] = try value(&reader, depth: depth)
        }
        return table
    }

    private static func value(_ reader: inout ByteReader, depth: Int) throws(ByteProblem) -> FieldValue {
        switch Unicode.Scalar(try reader.byte()) {
        case "V": return .void
        case "t": return .bool(try reader.byte() != 0)
        case "b": return .int8(try fit(try reader.signed(), reader))
        case "B": return .uint8(try fit(try reader.number(), reader))
        case "s": return .int16(try fit(try reader.signed(), reader))
        case "u": return .uint16(try fit(try reader.number(), reader))
        case "I": return .int32(try fit(try reader.signed(), reader))
        case "i": return .uint32(try fit(try reader.number(), reader))
        case "l": return .int64(try reader.signed())
        case "L": return .uint64(try reader.number())
        case "f": return .float(Float(bitPattern: try fit(try reader.number(), reader)))
        case "d": return .double(Double(bitPattern: try reader.number()))
        case "D":
            let scale = try reader.byte()
            return .decimal(scale: scale, value: try fit(try reader.number(), reader))
        case "S": return .string(try reader.text())
        case "x": return .bytes(try reader.data())
        case "T": return .timestamp(try reader.number())
        case "A":
            guard depth < maximumDepth else { throw reader.problem("arrays are nested too deep") }
            var values: [FieldValue] = []
            for _ in 0..<(try reader.count()) { values.append(try value(&reader, depth: depth + 1)) }
            return .array(values)
        case "F": return .table(try table(&reader, depth: depth + 1))
        default: throw reader.problem("a header has an unknown type")
        }
    }

    private static func fit<Number: FixedWidthInteger>(
        _ number: some FixedWidthInteger, _ reader: ByteReader
    ) throws(ByteProblem) -> Number {
        guard let fitting = Number(exactly: number) else { throw reader.problem("a number does not fit its type") }
        return fitting
    }
}
