import WarrenSupport

/// Hashes fields with FNV-1a-64: the result is the same in every process and version, unlike that of `Hasher`.
///
/// It distinguishes an honest publisher's reused message ID from a repeated message; it does not protect against
/// forgery.
struct StableHash {
    private var hash = FNV1a64()

    var result: Int64 { Int64(bitPattern: hash.value) }

    /// Adds a field with its length, so that adjacent fields cannot be confused.
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
