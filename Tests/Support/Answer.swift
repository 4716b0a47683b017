#if HTTP
package import Hummingbird
package import Warren

/// What a caller of HTTP routes gets.
package struct Answer: Sendable {
    package let status: Int
    package let headers: HTTPFields
    package let body: String

    package init(status: HTTPResponse.Status, headers: HTTPFields, body: ByteBuffer?) {
        self.status = status.code
        self.headers = headers
        self.body = body.map { String(buffer: $0) } ?? ""
    }

    /// The body as JSON.
    package var json: JSONValue {
        get throws { try JSONValue(Payload(json: body)) }
    }

    /// A member of the body.
    package subscript(key: String) -> JSONValue? { (try? json)?[key] }
}
#endif
