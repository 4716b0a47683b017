#if HTTP
/// The files with which a server proves who it is, in PEM.
///
/// They are read at the start, and again when one of them has changed: new connections then get the new certificate. A
/// program speaks TLS only if it was built with the package trait `HTTPTLS`.
public struct TLSFiles: Sendable, Hashable {
    /// The file of the certificate, followed by those of its issuers as far as clients need them.
    public var certificate: String
    /// The file of the certificate's private key, without a password.
    public var key: String

    /// Two files.
    public init(certificate: String, key: String) {
        self.certificate = certificate
        self.key = key
    }

    static let missing =
        "This program was built without TLS. Build it with 'swift build --traits HTTPTLS', or put a proxy that ends TLS in "
        + "front of it."
}
#endif
