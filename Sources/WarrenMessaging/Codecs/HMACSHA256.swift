import CNettle

/// HMAC-SHA256 (RFC 2104) under one key. The state after the key is kept, so that a code costs two compressions and one
/// for every 64 bytes of content.
struct HMACSHA256: Sendable {
    /// The size of a code, in bytes.
    static let length = 32

    private let keyed: hmac_sha256_ctx

    init(key: [UInt8]) {
        var keyed = hmac_sha256_ctx()
        warren_hmac_sha256_set_key(&keyed, key.count, key)
        self.keyed = keyed
    }

    /// Calls a closure with the code of some bytes.
    func withCode<Value>(of content: some Sequence<UInt8>, _ body: (UnsafeRawBufferPointer) -> Value) -> Value {
        var context = keyed
        func add(_ bytes: UnsafeBufferPointer<UInt8>) {
            warren_hmac_sha256_update(&context, bytes.count, bytes.baseAddress)
        }
        if content.withContiguousStorageIfAvailable(add) == nil { Array(content).withUnsafeBufferPointer(add) }
        return withUnsafeTemporaryAllocation(of: UInt8.self, capacity: Self.length) { code in
            warren_hmac_sha256_digest(&context, code.baseAddress)
            return body(UnsafeRawBufferPointer(code))
        }
    }

    /// The code of some bytes.
    func code(of content: some Sequence<UInt8>) -> [UInt8] { withCode(of: content) { Array($0) } }
}
