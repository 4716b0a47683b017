/// Reads the history's own binary form. Every read is checked against the end: bytes can throw, never trap.
struct ByteReader {
    private let bytes: UnsafeBufferPointer<UInt8>
    private(set) var position = 0

    init(_ bytes: UnsafeBufferPointer<UInt8>) {
        self.bytes = bytes
    }

    var isAtEnd: Bool { position == bytes.count }

    /// How many bytes are left: an upper bound for every count that the bytes claim.
    var remaining: Int { bytes.count - position }

    mutating func byte() throws -> UInt8 {
        guard position < bytes.count else { throw problem("the bytes end early") }
        defer { position += 1 }
        return bytes[position]
    }

    mutating func varint() throws -> UInt64 {
        var value: UInt64 = 0
        var shift: UInt64 = 0
        while true {
            let byte = try byte()
            if shift == 63, byte > 1 { throw problem("a number is too large") }
            value |= UInt64(byte & 0x7F) << shift
            if byte < 0x80 { return value }
            shift += 7
            if shift > 63 { throw problem("a number is too long") }
        }
    }

    mutating func signed() throws -> Int64 {
        let value = try varint()
        return Int64(bitPattern: value >> 1) ^ -Int64(bitPattern: value & 1)
    }

    mutating func id() throws -> Int {
        guard let id = Int(exactly: try signed()) else { throw problem("a number is too large") }
        return id
    }

    /// A number of elements, each at least one byte long.
    mutating func count() throws -> Int {
        let count = try varint()
        guard count <= UInt64(remaining) else { throw problem("a length goes beyond the end") }
        return Int(count)
    }

    mutating func text() throws -> String {
        let slice = try slice()
        guard let text = String(validating: slice, as: UTF8.self) else { throw problem("a text is not UTF-8") }
        return text
    }

    mutating func payload() throws -> Payload {
        Payload(bytes: Array(try slice()))
    }

    mutating func time() throws -> Timestamp {
        Timestamp(microseconds: try signed())
    }

    mutating func optional<Value>(_ read: (inout ByteReader) throws -> Value) throws -> Value? {
        switch try byte() {
        case 0: nil
        case 1: try read(&self)
        default: throw problem("a flag is neither 0 nor 1")
        }
    }

    func problem(_ text: String) -> WarrenError {
        WarrenError(.invalidHistory, "The history cannot be read: \(text), at byte \(position) of \(bytes.count).")
    }

    private mutating func slice() throws -> Slice<UnsafeBufferPointer<UInt8>> {
        let count = try count()
        defer { position += count }
        return bytes[position..<position + count]
    }
}
