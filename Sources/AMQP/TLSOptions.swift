/// The settings for TLS with the broker. The version is at least 1.2; the peer's certificate is always verified unless
/// `unsafeSkipsPeerVerification` is set.
package struct TLSOptions: Sendable, Hashable {
    /// PEM file of the authorities to trust. `nil`: the system's bundle, where its place is known.
    package var authorityFile: String?
    /// PEM file of the client's certificate chain; needs `keyFile`.
    package var certificateFile: String?
    /// PEM file of the client's private key; needs `certificateFile`.
    package var keyFile: String?
    /// Whether the certificate must name the host of the URL. librabbitmq 0.11 matches DNS names only, not IP
    /// addresses, so connect by name.
    package var verifiesHostName: Bool
    /// Accepts any certificate, also an attacker's.
    package var unsafeSkipsPeerVerification: Bool

    package init(
        authorityFile: String? = nil, certificateFile: String? = nil, keyFile: String? = nil,
        verifiesHostName: Bool = true, unsafeSkipsPeerVerification: Bool = false
    ) {
        self.authorityFile = authorityFile
        self.certificateFile = certificateFile
        self.keyFile = keyFile
        self.verifiesHostName = verifiesHostName
        self.unsafeSkipsPeerVerification = unsafeSkipsPeerVerification
    }

    /// The paths at which Debian, Red Hat, Alpine and macOS keep their trusted authorities, in the order of the
    /// attempts.
    static let systemAuthorityFiles = [
        "/etc/ssl/certs/ca-certificates.crt", "/etc/pki/tls/certs/ca-bundle.crt", "/etc/ssl/cert.pem",
    ]
}
