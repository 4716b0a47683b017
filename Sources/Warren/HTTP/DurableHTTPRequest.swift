/// A request that an orchestrator makes with ``OrchestrationContext/callHTTP(_:retry:polling:file:line:)``.
///
/// It is the input of an activity, so it stands in the history: put no secret into it. A secret is named instead, by
/// ``credential``, and the host that sends the request adds the headers.
public struct DurableHTTPRequest: Sendable, Hashable {
    /// The method, in capitals: any but `CONNECT` and `TRACE`.
    public var method: String
    /// The URL, absolute, `http` or `https`, without a user name.
    public var url: String
    /// The headers. Without a `Content-Type`, a body is sent as `text/plain; charset=utf-8`.
    public var headers: DurableHTTPHeaders
    /// The body; `nil` for none. A `Content-Type` of `multipart/…` is refused.
    public var body: DurableHTTPBody?
    /// The time limit of one attempt, from the first connection to the last byte, redirects included; `nil` for the
    /// host's own.
    public var timeout: Duration?
    /// The name of a credential in the configuration of the host that sends the request.
    public var credential: String?
    /// The statuses for which the activity fails; empty for all from 400 on, `nil` for none.
    package var failOn: [Int]?

    /// A request.
    public init(
        _ url: String, method: String = "GET", headers: DurableHTTPHeaders = [:], body: DurableHTTPBody? = nil,
        timeout: Duration? = nil, credential: String? = nil
    ) {
        self.method = method
        self.url = url
        self.headers = headers
        self.body = body
        self.timeout = timeout
        self.credential = credential
    }

    /// A request with a value as its body, in JSON, and with the header `Content-Type: application/json`.
    ///
    /// - Throws: `WarrenError` with code `payloadNotEncodable`.
    public static func json(
        _ url: String, _ value: some Encodable, method: String = "POST", headers: DurableHTTPHeaders = [:],
        timeout: Duration? = nil, credential: String? = nil
    ) throws -> DurableHTTPRequest {
        var request = DurableHTTPRequest(
            url, method: method, headers: headers, body: .text(try Payload(encoding: value).json), timeout: timeout,
            credential: credential)
        if request.headers["content-type"] == nil { request.headers["content-type"] = "application/json" }
        return request
    }

    /// The request that asks how the work goes for which this one was answered with 202.
    package func following(_ next: HTTPLocation, from last: HTTPLocation) -> DurableHTTPRequest {
        var request = self
        (request.method, request.body, request.url) = ("GET", nil, next.description)
        // A key of Azure Functions is for the function that was called first.
        request.headers.remove(["content-type", "content-encoding", "content-language", "x-functions-key"])
        if next.origin != last.origin {
            request.headers.remove(DurableHTTPHeaders.secrets)
            request.credential = nil
        }
        return request
    }
}

extension DurableHTTPRequest: Codable {
    private enum CodingKeys: String, CodingKey { case method, url, headers, body, timeout, credential, failOn }

    /// Reads an object; every member but `url` may be left out, and `timeout` is a number of seconds.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        method = try container.decodeIfPresent(String.self, forKey: .method) ?? "GET"
        url = try container.decode(String.self, forKey: .url)
        headers = try container.decodeIfPresent(DurableHTTPHeaders.self, forKey: .headers) ?? [:]
        body = try container.decodeIfPresent(DurableHTTPBody.self, forKey: .body)
        credential = try container.decodeIfPresent(String.self, forKey: .credential)
        failOn = try container.decodeIfPresent([Int].self, forKey: .failOn)
        if let seconds = try container.decodeIfPresent(Double.self, forKey: .timeout) {
            guard seconds > 0, seconds < 1e9 else {
                throw DecodingError.dataCorruptedError(
                    forKey: .timeout, in: container,
                    debugDescription: "'timeout' is \(seconds); it is a number of seconds, more than 0")
            }
            timeout = .milliseconds(Int64((seconds * 1000).rounded(.up)))
        }
    }

    /// Writes an object without the members that are absent.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(method, forKey: .method)
        try container.encode(url, forKey: .url)
        if !headers.names.isEmpty { try container.encode(headers, forKey: .headers) }
        try container.encodeIfPresent(body, forKey: .body)
        if let timeout { try container.encode(Double(timeout.wholeMilliseconds) / 1000, forKey: .timeout) }
        try container.encodeIfPresent(credential, forKey: .credential)
        try container.encodeIfPresent(failOn, forKey: .failOn)
    }
}
