import CNettle

/// The SHA-256 of bytes that come in parts.
package struct SHA256: Sendable {
    private var context = sha256_ctx()

    package init() { warren_sha256_init(&context) }

    package mutating func add(_ bytes: some Sequence<UInt8>) {
        let isDone: Void? = bytes.withContiguousStorageIfAvailable { buffer in
            if let start = buffer.baseAddress { warren_sha256_update(&context, buffer.count, start) }
        }
        if isDone == nil { add(Array(bytes)) }
    }

    /// The digest of everything added so far: 32 bytes.
    package consuming func digest() -> [UInt8] {
        var digest = [UInt8](repeating: 0, count: 32)
        warren_sha256_digest(&context, &digest)
        return digest
    }
}
