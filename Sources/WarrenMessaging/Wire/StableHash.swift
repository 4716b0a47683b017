import WarrenSupport

/// FNV-1a-64 over fields: the same in every process and version, unlike `Hasher`.
///
/// It tells an honest publisher's reused message ID from a repeated message; it is no protection against a liar.
struct StableHash {
    private var hash = FNV1a64()

    var result: Int64 { Int64(bitPattern: hash.value) }

    /// Every field carries its length, so that fields cannot run into each other.
    mutating func add(_ bytes: [UInt8]) {
        hash.add(UInt64(bytes.count))
        bytes.withUnsafeBufferPointer { hash.add($0) }
    }

    mutating func add(_ text: String?) {
        guard var text else { return hash.add(UInt64.max) }
        text.withUTF8 { utf8 in
            hash.add(UInt64(utf8.count))
            hash.add(utf8)
        }
    }

    mutating func add(_ value: Int64?) {
        guard let value else { return hash.add(UInt64.max) }
        hash.add(8 as UInt64)
        hash.add(UInt64(bitPattern: value))
    }
}
