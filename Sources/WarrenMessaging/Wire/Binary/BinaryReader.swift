import Warren

/// Reads what `BinaryWriter` wrote. Bytes come from a file: every length is checked before it is believed.
struct BinaryReader {
    private let bytes: [UInt8]
    private(set) var position = 0

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    var isAtEnd: Bool { position == bytes.count }

    func corrupt(_ what: String) -> MessagingError {
        MessagingError(.corrupt, "Stored messages cannot be read at byte \(position): \(what).")
    }

    mutating func byte() throws(MessagingError) -> UInt8 {
        guard position < bytes.count else { throw corrupt("they end too early") }
        defer { position += 1 }
        return bytes[position]
    }

    mutating func number() throws(MessagingError) -> UInt64 {
        var number: UInt64 = 0
        for shift in stride(from: 0 as UInt64, to: 70, by: 7) {
            let byte = try byte()
            if shift == 63, byte > 1 { throw corrupt("a number is too large") }
            number |= UInt64(byte & 0x7F) << shift
            if byte < 0x80 { return number }
        }
        throw corrupt("a number is too long")
    }

    mutating func signed() throws(MessagingError) -> Int64 {
        let number = try number()
        return Int64(bitPattern: number >> 1) ^ -Int64(bitPattern: number & 1)
    }

    /// A number of things that take at least one byte each.
    mutating func count() throws(MessagingError) -> Int {
        let number = try number()
        guard number <= UInt64(bytes.count - position) else { throw corrupt("a length is beyond the end") }
        return Int(number)
    }

    mutating func data() throws(MessagingError) -> [UInt8] {
        let length = try count()
        defer { position += length }
        return Array(bytes[position..<(position + length)])
    }

    mutating func text() throws(MessagingError) -> String {
        let data = try data()
        guard UTF8Check.isValid(data) else { throw corrupt("a text is no UTF-8") }
        return String(decoding: data, as: UTF8.self)
    }
}
