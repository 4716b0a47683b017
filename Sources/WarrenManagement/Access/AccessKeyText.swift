import WarrenClient

/// The text of a key as its holder sends it: `wk_<id>_<secret>`.
package struct AccessKeyText: Sendable {
    package let id: String
    private let secret: String

    private static let prefix = "wk"
    /// A longer text is no key, and is not hashed.
    private static let maximumLength = 200

    init(id: String, secret: String) {
        self.id = id
        self.secret = secret
    }

    /// Reads a text; `nil` if it is none of that form.
    package init?(_ text: some StringProtocol) {
        guard text.utf8.count <= Self.maximumLength else { return nil }
        let parts = text.split(separator: "_", omittingEmptySubsequences: false)
        guard parts.count == 3, parts.first.map({ $0 == Self.prefix }) == true, let id = parts.dropFirst().first,
            let secret = parts.last, !id.isEmpty, !secret.isEmpty
        else { return nil }
        self.init(id: String(id), secret: String(secret))
    }

    /// The text for its holder. It must not be logged.
    package var text: String { "\(Self.prefix)_\(id)_\(secret)" }

    package var digest: [UInt8] { SecretDigest.sha256(secret.utf8) }
}
