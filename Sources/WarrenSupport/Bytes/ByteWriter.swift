/// Appends numbers and texts to bytes, compactly: the binary form of histories, outbox rows and signatures.
package struct ByteWriter {
    @usableFromInline package internal(set) var bytes: [UInt8] = []

    @inlinable
    package init() {}

    /// - Parameter capacity: the expected number of bytes.
    @inlinable
    package init(capacity: Int) { bytes.reserveCapacity(capacity) }

    @inlinable
    package mutating func byte(_ byte: UInt8) { bytes.append(byte) }

    /// Appends seven bits per byte, the lowest first; the top bit is set if more bytes follow.
    @inlinable
    package mutating func number(_ number: UInt64) {
        var rest = number
        while rest >= 0x80 {
            bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        bytes.append(UInt8(truncatingIfNeeded: rest))
    }

    /// Appends a signed number; numbers near zero are short, negative ones too.
    @inlinable
    package mutating func signed(_ number: Int64) {
        self.number(UInt64(bitPattern: number << 1 ^ number >> 63))
    }

    /// Appends bytes after their count.
    @inlinable
    package mutating func data(_ data: [UInt8]) {
        number(UInt64(data.count))
        bytes.append(contentsOf: data)
    }

    /// Appends UTF-8 after the count of its bytes.
    @inlinable
    package mutating func text(_ text: String) {
        var text = text
        text.withUTF8 { utf8 in
            number(UInt64(utf8.count))
            bytes.append(contentsOf: utf8)
        }
    }
}
