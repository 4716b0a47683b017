import AMQPMessages

/// The limits of a message from outside: all of them are defined here, and every reader uses these.
package struct WireLimits: Sendable, Hashable {
    /// The size of a body, in bytes. Default 1 MiB; more than 64 MiB is taken as 64 MiB.
    package var maximumBodyBytes: Int {
        didSet { maximumBodyBytes = min(maximumBodyBytes, WireLimits.hardBodyCap) }
    }
    /// The nesting of JSON. Default 64.
    package var maximumDepth: Int
    /// The number of headers. Default 64.
    package var maximumHeaders: Int
    /// The size of all headers, keys included, in bytes. Default 32 KiB.
    package var maximumHeaderBytes: Int

    /// The levels of tables and lists in a header. Deeper ones are not even read (`FieldValue.depthLimit`).
    package static let maximumHeaderDepth = FieldValue.depthLimit

    /// The largest configurable body: messages between partitions and to workers can be as large.
    private static let hardBodyCap = 64 << 20

    package init(
        maximumBodyBytes: Int = 1 << 20, maximumDepth: Int = 64, maximumHeaders: Int = 64,
        maximumHeaderBytes: Int = 32 << 10
    ) {
        self.maximumBodyBytes = min(maximumBodyBytes, WireLimits.hardBodyCap)
        self.maximumDepth = maximumDepth
        self.maximumHeaders = maximumHeaders
        self.maximumHeaderBytes = maximumHeaderBytes
    }

    func check(_ message: InboundMessage) throws(Refusal) {
        guard message.body.count <= maximumBodyBytes else {
            throw Refusal(
                .tooLarge,
                "The body has \(message.body.count) bytes; at most \(maximumBodyBytes) are taken. "
                    + "Store large data elsewhere and send a reference.")
        }
        let headers = message.properties.headers
        guard headers.count <= maximumHeaders else {
            throw Refusal(.tooManyHeaders, "There are \(headers.count) headers; at most \(maximumHeaders) are taken.")
        }
        let size = HeaderSize.bytes(of: headers)
        guard size <= maximumHeaderBytes else {
            throw Refusal(
                .tooManyHeaders, "The headers have \(size) bytes; at most \(maximumHeaderBytes) are taken.")
        }
        for (name, value) in headers {
            guard value.depth <= Self.maximumHeaderDepth else {
                throw Refusal(
                    .badHeader,
                    "The header '\(WireRules.excerpt(name))' has tables or lists in each other more than "
                        + "\(Self.maximumHeaderDepth) deep. Send structured data as the body.")
            }
            guard !WireRules.hasReplacementCharacter(name) || !name.hasPrefix(WireHeader.prefix) else {
                throw Refusal(.badHeader, "The name of the header '\(WireRules.excerpt(name))' is not valid UTF-8.")
            }
        }
    }
}
