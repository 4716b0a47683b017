/// How to speak TLS with the broker. At least version 1.2 is spoken; the peer's certificate is always verified unless
/// `unsafeSkipsPeerVerification` says otherwise.
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

    /// Where Debian, Red Hat, Alpine and macOS keep the authorities they trust, in the order they are tried.
    static let systemAuthorityFiles = [
        "/etc/ssl/certs/ca-certificates.crt", "/etc/pki/tls/certs/ca-bundle.crt", "/etc/ssl/cert.pem",
    ]
}
