/// A file that holds one secret, as Docker and Kubernetes mount them.
enum SecretFile {
    /// The most bytes of a secret.
    static let limit = 64 << 10

    /// Reads the secret, without the line break at its end.
    ///
    /// - Returns: the secret, and whether every user of the machine can read it.
    /// - Throws: the reason, to stand behind the path.
    static func read(_ path: String) throws(BoundedFile.Failure) -> (secret: String, isReadableByAll: Bool) {
        let file = try BoundedFile(path, limit: limit)
        var secret = try file.text()[...]
        // "\r\n" is one character of Swift.
        if let last = secret.last, last == "\n" || last == "\r\n" { secret = secret.dropLast() }
        guard !secret.isEmpty else { throw BoundedFile.Failure("it is empty") }
        guard !secret.contains(where: \.isNewline) else {
            throw BoundedFile.Failure("it has several lines; a secret is one line")
        }
        // Containers mount secrets with modes such as 0444 in a place of their own, which nobody outside reaches.
        let isMounted = path.hasPrefix("/run/secrets/") || path.hasPrefix("/var/run/secrets/")
        return (String(secret), file.isReadableByAll && !isMounted)
    }
}
