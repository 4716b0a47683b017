/// The hash function FNV-1a with 64 bits: the same in every process and version, unlike `Hasher`.
///
/// It distinguishes values that are not forged; it does not protect against an attacker. Hashes are stored, so they
/// never change. Source: <http://www.isthe.com/chongo/tech/comp/fnv/>.
package struct FNV1a64: Sendable {
    /// The hash of the content added so far.
    @usableFromInline package var value: UInt64

    @inlinable
    package init() { value = 0xCBF2_9CE4_8422_2325 }

    /// The hash of the UTF-8 of a text.
    @inlinable
    package init(_ text: String) {
        self.init()
        add(text)
    }

    @inlinable
    package mutating func add(_ byte: UInt8) {
        value = (value ^ UInt64(byte)) &* 0x100_0000_01B3
    }

    @inlinable
    package mutating func add(_ bytes: UnsafeBufferPointer<UInt8>) {
        for byte in bytes { add(byte) }
    }

    /// Adds the UTF-8 of a text, without its length.
    @inlinable
    package mutating func add(_ text: String) {
        var text = text
        text.withUTF8 { add($0) }
    }

    /// Adds a number as eight bytes, the lowest first.
    @inlinable
    package mutating func add(_ number: UInt64) {
        for shift in stride(from: 0 as UInt64, to: 64, by: 8) { add(UInt8(truncatingIfNeeded: number >> shift)) }
    }
}
