/// The basic properties of a message; absent ones are not sent.
public struct MessageProperties: Sendable, Hashable {
    /// MIME type of the body.
    public var contentType: String?
    /// MIME encoding of the body.
    public var contentEncoding: String?
    /// Header table.
    public var headers: FieldTable
    /// Whether the broker keeps the message over a restart (`delivery_mode` 2). `nil` if not set.
    public var isPersistent: Bool?
    /// 0 to 9.
    public var priority: UInt8?
    /// An ID that the reply echoes.
    public var correlationID: String?
    /// The queue for the reply.
    public var replyTo: String?
    /// Time to live in milliseconds, as a decimal number.
    public var expiration: String?
    /// The publisher's name for this message.
    public var messageID: String?
    /// Seconds since 1970.
    public var timestamp: UInt64?
    /// The kind of message.
    public var type: String?
    /// The publisher's login; the broker refuses another than the connection's.
    public var userID: String?
    /// The publishing application.
    public var appID: String?

    /// Properties of a message.
    public init(
        contentType: String? = nil, contentEncoding: String? = nil, headers: FieldTable = [:],
        isPersistent: Bool? = nil, priority: UInt8? = nil, correlationID: String? = nil, replyTo: String? = nil,
        expiration: String? = nil, messageID: String? = nil, timestamp: UInt64? = nil, type: String? = nil,
        userID: String? = nil, appID: String? = nil
    ) {
        self.contentType = contentType
        self.contentEncoding = contentEncoding
        self.headers = headers
        self.isPersistent = isPersistent
        self.priority = priority
        self.correlationID = correlationID
        self.replyTo = replyTo
        self.expiration = expiration
        self.messageID = messageID
        self.timestamp = timestamp
        self.type = type
        self.userID = userID
        self.appID = appID
    }
}
