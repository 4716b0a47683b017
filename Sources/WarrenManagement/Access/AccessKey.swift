package import Warren

/// A key of the HTTP API, without its secret.
package struct AccessKey: Sendable, Hashable {
    /// Names the key in texts, logs and commands: eight hexadecimal digits.
    package var id: String
    /// Names the program or the person that has it, for people.
    package var name: String
    package var scopes: Set<AccessScope>
    package var createdAt: Timestamp
    /// The SHA-256 of the secret. The secret has 256 random bits, so a fast hash without a salt cannot be reversed.
    package var digest: [UInt8]

    package init(id: String, name: String, scopes: Set<AccessScope>, createdAt: Timestamp, digest: [UInt8]) {
        self.id = id
        self.name = name
        self.scopes = scopes
        self.createdAt = createdAt
        self.digest = digest
    }

    /// Makes a key from the system's random source.
    ///
    /// - Returns: the key, and its text, which is shown once and stored nowhere.
    package static func make(
        name: String, scopes: Set<AccessScope>, at time: Timestamp
    ) -> (key: AccessKey, text: AccessKeyText) {
        var random = SystemRandomNumberGenerator()
        let id = Hexadecimal.text((0..<4).map { _ in UInt8.random(in: .min ... .max, using: &random) })
        let secret = Hexadecimal.text((0..<32).map { _ in UInt8.random(in: .min ... .max, using: &random) })
        let text = AccessKeyText(id: id, secret: secret)
        return (AccessKey(id: id, name: name, scopes: scopes, createdAt: time, digest: text.digest), text)
    }

    /// Whether the key has a right, by itself or by `admin`.
    package func allows(_ scope: AccessScope) -> Bool { scopes.contains(scope) || scopes.contains(.admin) }

    /// Whether a secret is this key's. The time does not depend on where the digests differ.
    package func matches(_ text: AccessKeyText) -> Bool {
        let given = text.digest
        guard given.count == digest.count else { return false }
        return zip(given, digest).reduce(UInt8(0)) { $0 | ($1.0 ^ $1.1) } == 0
    }
}
