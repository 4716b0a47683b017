/// Appends numbers and texts to bytes, compactly: the binary form of histories, outbox rows and signatures.
package struct ByteWriter {
    @usableFromInline package internal(set) var bytes: [UInt8] = []

    @inlinable
    package init() {}

    /// - Parameter capacity: how many bytes are expected.
    @inlinable
    package init(capacity: Int) { bytes.reserveCapacity(capacity) }

    @inlinable
    package mutating func byte(_ byte: UInt8) { bytes.append(byte) }

    /// Seven bits per byte, the lowest first; the top bit says that more follow.
    @inlinable
    package mutating func number(_ number: UInt64) {
        var rest = number
        while rest >= 0x80 {
            bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        bytes.append(UInt8(truncatingIfNeeded: rest))
    }

    /// Numbers near zero are short, negative ones too.
    @inlinable
    package mutating func signed(_ number: Int64) {
        self.number(UInt64(bitPattern: number << 1 ^ number >> 63))
    }

    /// The bytes behind their number.
    @inlinable
    package mutating func data(_ data: [UInt8]) {
        number(UInt64(data.count))
        bytes.append(contentsOf: data)
    }

    /// UTF-8 behind the number of its bytes.
    @inlinable
    package mutating func text(_ text: String) {
        var text = text
        text.withUTF8 { utf8 in
            number(UInt64(utf8.count))
            bytes.append(contentsOf: utf8)
        }
    }
}
