import WarrenMessaging

/// Hashes secrets that are compared, so that only their digests are stored.
package enum SecretDigest {
    /// The SHA-256 of some bytes: 32 bytes.
    package static func sha256(_ bytes: some Sequence<UInt8>) -> [UInt8] {
        var hash = SHA256()
        hash.add(bytes)
        return hash.digest()
    }
}
