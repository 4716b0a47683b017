import WarrenHost

extension LoadedConfiguration {
    /// How a program serves the HTTP API: the keys `http.…`.
    ///
    /// `warren serve` uses it, and a program that runs a `ManagementServer` can:
    ///
    /// ```swift
    /// var server = ManagementServer.Configuration()
    /// server.address = loaded.http.address
    /// server.port = loaded.http.port
    /// ```
    public struct HTTP: Sendable, Hashable {
        /// The files of TLS, in PEM.
        public struct TLS: Sendable, Hashable {
            /// The path of the certificate and its issuers.
            public let certificate: String
            /// The path of the certificate's private key.
            public let key: String

            package init(certificate: String, key: String) {
                self.certificate = certificate
                self.key = key
            }
        }

        /// The address to listen at.
        public let address: String
        /// The port; 0 for any that is free.
        public let port: Int
        /// The path of the file of access keys; `nil` if callers need no key.
        public let keys: String?
        /// The origins of web pages that may use the API.
        public let origins: Set<String>
        /// The number of requests per second of each key or address; `nil` for no limit.
        public let requestsPerSecond: Int?
        /// The largest body of a request, in bytes.
        public let maximumBodyBytes: Int
        /// The number of event streams at once.
        public let maximumStreams: Int
        /// The files of TLS; `nil` for plain HTTP.
        public let tls: TLS?

        init(_ resolution: ConfigurationResolution) {
            address = resolution.text("http.address") ?? ""
            port = resolution.number("http.port") ?? 0
            keys = resolution.text("http.keys")
            origins = resolution.texts("http.origins")
            let rate = resolution.number("http.requestsPerSecond") ?? 0
            requestsPerSecond = rate == 0 ? nil : rate
            maximumBodyBytes = resolution.number("http.maximumBody") ?? 0
            maximumStreams = resolution.number("http.maximumStreams") ?? 0
            let files = (resolution.text("http.tlsCertificate"), resolution.text("http.tlsKey"))
            if case (let certificate?, let key?) = files {
                tls = TLS(certificate: certificate, key: key)
            } else {
                tls = nil
            }
        }
    }
}

/// Values by the names of their keys: what was given, or else the key's default.
extension ConfigurationResolution {
    fileprivate func text(_ name: String) -> String? { value(name)?.description }

    fileprivate func number(_ name: String) -> Int? {
        switch value(name) {
        case .integer(let number), .size(let number): number
        default: nil
        }
    }

    fileprivate func texts(_ name: String) -> Set<String> {
        if case .list(let texts) = value(name) { Set(texts) } else { [] }
    }

    private func value(_ name: String) -> ConfigurationValue? {
        guard let setting = settings[name] else {
            return all.first { $0.key.name == name }?.key.value(HostConfiguration())
        }
        return setting.value
    }
}
