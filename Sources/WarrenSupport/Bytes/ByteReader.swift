/// Reads the output of `ByteWriter`. Every read is checked against the end: invalid bytes throw, and never trap.
///
/// The pointer has to stay valid while the reader is used.
package struct ByteReader {
    @usableFromInline let bytes: UnsafeBufferPointer<UInt8>
    @usableFromInline package internal(set) var position = 0

    @inlinable
    package init(_ bytes: UnsafeBufferPointer<UInt8>) {
        self.bytes = bytes
    }

    @inlinable package var isAtEnd: Bool { position == bytes.count }

    /// The number of remaining bytes: an upper bound for every count in the bytes.
    @inlinable package var remaining: Int { bytes.count - position }

    @inlinable
    package func problem(_ kind: ByteProblem.Kind) -> ByteProblem {
        ByteProblem(kind, position: position, count: bytes.count)
    }

    @inlinable
    package func problem(_ text: String) -> ByteProblem { problem(.content(text)) }

    @inlinable
    package mutating func byte() throws(ByteProblem) -> UInt8 {
        guard position < bytes.count else { throw problem(.endsEarly) }
        defer { position += 1 }
        return bytes[position]
    }

    /// A number of seven bits per byte, the lowest first.
    @inlinable
    package mutating func number() throws(ByteProblem) -> UInt64 {
        var number: UInt64 = 0
        var shift: UInt64 = 0
        while true {
            let byte = try byte()
            if shift == 63, byte > 1 { throw problem(.numberTooLarge) }
            number |= UInt64(byte & 0x7F) << shift
            if byte < 0x80 { return number }
            shift += 7
            if shift > 63 { throw problem(.numberTooLong) }
        }
    }

    @inlinable
    package mutating func signed() throws(ByteProblem) -> Int64 {
        let number = try number()
        return Int64(bitPattern: number >> 1) ^ -Int64(bitPattern: number & 1)
    }

    /// A number of elements, each at least one byte long.
    @inlinable
    package mutating func count() throws(ByteProblem) -> Int {
        let count = try number()
        guard count <= UInt64(remaining) else { throw problem(.lengthBeyondEnd) }
        return Int(count)
    }

    @inlinable
    package mutating func data() throws(ByteProblem) -> [UInt8] { Array(try slice()) }

    @inlinable
    package mutating func text() throws(ByteProblem) -> String {
        guard let text = String(utf8: UnsafeRawBufferPointer(rebasing: try slice())) else {
            throw problem(.textNotUTF8)
        }
        return text
    }

    @usableFromInline
    mutating func slice() throws(ByteProblem) -> Slice<UnsafeRawBufferPointer> {
        let count = try count()
        defer { position += count }
        return UnsafeRawBufferPointer(bytes)[position..<position + count]
    }
}
