import AMQPMessages
import CRabbitMQ
import WarrenSupport

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

extension WireArena {
    /// A table in the library's form, keys sorted.
    ///
    /// - Throws: `invalidMessage` when a key is longer than 255 bytes; the library would cut its length silently.
    func table(_ table: FieldTable) throws(AMQPError) -> amqp_table_t {
        let entries = array(of: amqp_table_entry_t.self, count: table.count)
        var index = 0
        for (key, value) in table {
            guard key.utf8.count <= 255 else {
                throw AMQPError(.invalidMessage, "the header name \(key.prefix(40))… is longer than 255 bytes")
            }
            (entries + index).initialize(to: amqp_table_entry_t(key: bytes(key), value: try field(value)))
            index += 1
        }
        // Sorted where they are plain bytes: moving keys and values of Swift would count references.
        var written = UnsafeMutableBufferPointer(start: entries, count: index)
        written.sort { $0.key.precedes($1.key) }
        return amqp_table_t(num_entries: Int32(clamping: table.count), entries: entries)
    }

    private func field(_ value: FieldValue) throws(AMQPError) -> amqp_field_value_t {
        var field = amqp_field_value_t()
        func set(_ kind: Unicode.Scalar) { field.kind = UInt8(ascii: kind) }
        switch value {
        case .void: set("V")
        case .bool(let value):
            set("t")
            field.value.boolean = value ? 1 : 0
        case .int8(let value):
            set("b")
            field.value.i8 = value
        case .uint8(let value):
            set("B")
            field.value.u8 = value
        case .int16(let value):
            set("s")
            field.value.i16 = value
        case .uint16(let value):
            set("u")
            field.value.u16 = value
        case .int32(let value):
            set("I")
            field.value.i32 = value
        case .uint32(let value):
            set("i")
            field.value.u32 = value
        case .int64(let value):
            set("l")
            field.value.i64 = value
        case .uint64(let value):
            set("L")
            field.value.u64 = value
        case .float(let value):
            set("f")
            field.value.f32 = value
        case .double(let value):
            set("d")
            field.value.f64 = value
        case .decimal(let scale, let value):
            set("D")
            field.value.decimal = amqp_decimal_t(decimals: scale, value: value)
        case .string(let value):
            set("S")
            field.value.bytes = bytes(value)
        case .bytes(let value):
            set("x")
            field.value.bytes = bytes(value)
        case .timestamp(let value):
            set("T")
            field.value.u64 = value
        case .array(let values):
            set("A")
            let entries = array(of: amqp_field_value_t.self, count: values.count)
            for (index, value) in values.enumerated() { (entries + index).initialize(to: try self.field(value)) }
            field.value.array = amqp_array_t(num_entries: Int32(clamping: values.count), entries: entries)
        case .table(let value):
            set("F")
            field.value.table = try table(value)
        }
        return field
    }
}

extension FieldValue {
    /// - Parameter depth: the number of tables and lists around the value, the header table itself not counted.
    init(_ field: amqp_field_value_t, depth: Int, _ texts: WireTexts) {
        switch UnicodeScalar(field.kind) {
        case "t": self = .bool(field.value.boolean != 0)
        case "b": self = .int8(field.value.i8)
        case "B": self = .uint8(field.value.u8)
        case "s": self = .int16(field.value.i16)
        case "u": self = .uint16(field.value.u16)
        case "I": self = .int32(field.value.i32)
        case "i": self = .uint32(field.value.u32)
        case "l": self = .int64(field.value.i64)
        case "L": self = .uint64(field.value.u64)
        case "f": self = .float(field.value.f32)
        case "d": self = .double(field.value.f64)
        case "D": self = .decimal(scale: field.value.decimal.decimals, value: field.value.decimal.value)
        case "T": self = .timestamp(field.value.u64)
        case "S":
            let bytes = UnsafeRawBufferPointer(start: field.value.bytes.bytes, count: field.value.bytes.len)
            self = String(utf8: bytes).map(FieldValue.string) ?? .bytes(Array(bytes))
        case "x":
            self = .bytes(
                Array(UnsafeRawBufferPointer(start: field.value.bytes.bytes, count: field.value.bytes.len)))
        case "A" where depth <= Self.depthLimit:
            let array = field.value.array
            self = .array((0..<Int(array.num_entries)).map { FieldValue(array.entries[$0], depth: depth + 1, texts) })
        case "F" where depth <= Self.depthLimit:
            self = .table(FieldTable(field.value.table, depth: depth + 1, texts))
        default: self = .void
        }
    }
}

extension FieldTable {
    init(_ table: amqp_table_t, depth: Int = 0, _ texts: WireTexts) {
        self.init(minimumCapacity: Int(table.num_entries))
        for index in 0..<Int(table.num_entries) {
            let entry = table.entries[index]
            self[texts.text(entry.key)] = FieldValue(entry.value, depth: depth, texts)
        }
    }
}

extension amqp_bytes_t {
    /// Whether these bytes come first in the order of bytes, which for UTF-8 is that of Unicode scalars.
    fileprivate func precedes(_ other: amqp_bytes_t) -> Bool {
        let common = min(len, other.len)
        let order = common == 0 ? 0 : memcmp(bytes, other.bytes, common)
        return order == 0 ? len < other.len : order < 0
    }
}
