/// The answer to a ``DurableHTTPRequest``. A status of 400 or more is an answer like any other.
public struct DurableHTTPResponse: Sendable, Hashable, Codable {
    /// The status, 200 to 599.
    public var status: Int
    /// The headers.
    public var headers: DurableHTTPHeaders
    /// The body: text, or bytes if it is no text.
    public var body: DurableHTTPBody
    /// The URL that answered, after redirects.
    public var url: String

    /// An answer: for hosts, and for tests that register ``DurableHTTP/activity`` with a body of their own.
    public init(
        status: Int, headers: DurableHTTPHeaders = [:], body: DurableHTTPBody = .text(""), url: String
    ) {
        self.status = status
        self.headers = headers
        self.body = body
        self.url = url
    }

    /// Whether the status is from 200 to 299.
    public var isSuccess: Bool { (200...299).contains(status) }

    /// The value that the body is as JSON.
    ///
    /// - Throws: `WarrenError` with code `payloadNotDecodable` that names the place.
    public func decode<Value: Decodable>(as type: Value.Type = Value.self) throws -> Value {
        try Payload(bytes: body.content).decode(as: type)
    }
}
