/// FNV-1a-64 over fields: the same in every process and version, unlike `Hasher`.
///
/// It tells an honest publisher's reused message ID from a repeated message; it is no protection against a liar.
struct StableHash {
    private var value: UInt64 = 0xcbf2_9ce4_8422_2325

    var result: Int64 { Int64(bitPattern: value) }

    /// Every field carries its length, so that fields cannot run into each other.
    mutating func add(_ bytes: [UInt8]) {
        number(UInt64(bytes.count))
        bytes.withUnsafeBufferPointer { for byte in $0 { add(byte) } }
    }

    mutating func add(_ text: String?) {
        guard var text else { return number(.max) }
        text.withUTF8 { utf8 in
            number(UInt64(utf8.count))
            for byte in utf8 { add(byte) }
        }
    }

    mutating func add(_ value: Int64?) {
        guard let value else { return number(.max) }
        number(8)
        number(UInt64(bitPattern: value))
    }

    private mutating func number(_ number: UInt64) {
        for shift in stride(from: 0, to: 64, by: 8) { add(UInt8(truncatingIfNeeded: number >> UInt64(shift))) }
    }

    private mutating func add(_ byte: UInt8) {
        value = (value ^ UInt64(byte)) &* 0x100_0000_01b3
    }
}
