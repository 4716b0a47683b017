extension ConfigurationKey {
    /// The keys of a program that serves the HTTP API, as `warren serve` does. They have no place in a host's configuration.
    static let http: [ConfigurationKey] = [
        ConfigurationKey(
            "http.address", .text(.any),
            "The address at which `warren serve` listens; without `http.keys` one of this machine.",
            value: { _ in .text("127.0.0.1") }),
        ConfigurationKey(
            "http.port", .integer(0...65_535),
            "The port at which `warren serve` listens; 0 for any that is free, which is printed.",
            value: { _ in .integer(7072) }),
        ConfigurationKey(
            "http.keys", .text(.any),
            "The file of the access keys, for `warren serve` and `warren keys`.", absent: "no keys",
            alias: "WARREN_KEYS"),
        ConfigurationKey(
            "http.origins", .texts(origin), "The origins of web pages that may use the API (CORS).",
            value: { _ in .list([]) }),
        ConfigurationKey(
            "http.requestsPerSecond", .integer(0...1_000_000_000),
            "The number of requests per second of one key, or of one address where there are no keys; 0 for no limit.",
            value: { _ in .integer(20_000) }),
        ConfigurationKey(
            "http.maximumBody", .size(1...65 << 20),
            "The largest body of a request: a payload has 64 MiB at most, and the body of a start more than its input.",
            value: { _ in .size(1 << 20) }),
        ConfigurationKey(
            "http.maximumStreams", .integer(0...100_000), "The number of event streams at once.",
            value: { _ in .integer(200) }),
        ConfigurationKey(
            "http.tlsCertificate", .text(.any),
            "The file of the certificate and its issuers (PEM); with `http.tlsKey`.", absent: "no TLS"),
        ConfigurationKey(
            "http.tlsKey", .text(.any), "The file of the certificate's private key (PEM).", absent: "no TLS"),
    ]

    private static let origin = TextRule(
        "an origin as browsers send it, such as https://ops.example.com, or null for pages that are opened as a file"
    ) { text in
        guard let scheme = text.firstRange(of: "://"), scheme.lowerBound != text.startIndex else {
            return text == "null"
        }
        let host = text[scheme.upperBound...]
        return !host.isEmpty && !host.contains { "/?#*@ ".contains($0) }
    }
}
