/// The hash function FNV-1a with 32 bits, which other languages have as well: it determines the partition of an
/// instance.
package enum FNV1a32 {
    @inlinable
    package static func hash(_ bytes: some Sequence<UInt8>) -> UInt32 {
        bytes.reduce(0x811C_9DC5 as UInt32) { ($0 ^ UInt32(truncatingIfNeeded: $1)) &* 0x0100_0193 }
    }
}
