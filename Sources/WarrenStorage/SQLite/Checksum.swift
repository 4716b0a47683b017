/// A checksum for blobs that are opaque to the store.
///
/// SQLite checks its pages' structure and the WAL, but not what is in the rows: a flipped bit in a history would be
/// replayed as if it had happened. Eight bytes at a time, so that it costs nothing beside the write itself. It finds
/// damage; it does not defend against forgery.
enum Checksum {
    /// - Parameter seed: what the blob belongs to, so that a blob in the wrong row is found as well.
    static func of(_ bytes: [UInt8], seed: Int64...) -> Int64 {
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        for value in seed { hash = mix(hash, UInt64(bitPattern: value)) }
        bytes.withUnsafeBytes { buffer in
            var offset = 0
            while offset + 8 <= buffer.count {
                hash = mix(hash, UInt64(littleEndian: buffer.loadUnaligned(fromByteOffset: offset, as: UInt64.self)))
                offset += 8
            }
            while offset < buffer.count {
                hash = mix(hash, UInt64(buffer[offset]))
                offset += 1
            }
        }
        return Int64(bitPattern: mix(hash, UInt64(bytes.count)))
    }

    private static func mix(_ hash: UInt64, _ word: UInt64) -> UInt64 {
        let product = (hash ^ word) &* 0x9e37_79b9_7f4a_7c15
        return product ^ (product >> 32)
    }
}
