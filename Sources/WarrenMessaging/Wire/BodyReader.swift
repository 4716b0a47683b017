import AMQP
import Warren

/// From a body to JSON: by content type and encoding, as publishers of all kinds send them.
///
/// | Content type | Becomes |
/// |---|---|
/// | none | the JSON it is; else, if UTF-8, a JSON string |
/// | `application/json`, `text/json`, `…+json` | the JSON it must be |
/// | `text/plain` | a JSON string |
/// | `application/cloudevents+json` | its `data` |
///
/// An empty body is `null`.
struct BodyReader {
    let limits: WireLimits

    struct Content {
        var payload: Payload
        var event: CloudEvent?
    }

    /// The attributes of a structured cloud event that stand in for what the message does not say.
    struct CloudEvent {
        var type: String?
        /// Source and ID together name an event.
        var messageID: String?
    }

    func content(of message: InboundMessage) throws(Refusal) -> Content {
        try checkEncoding(message.properties.contentEncoding)
        let type = try mediaType(message.properties.contentType)
        guard !message.body.isEmpty else { return Content(payload: .null) }
        switch type {
        case "": return Content(payload: try guess(message.body))
        case WireContentType.text: return Content(payload: try text(message.body))
        case WireContentType.cloudEvent: return try cloudEvent(message.body)
        case WireContentType.json, "text/json": return Content(payload: try json(message.body))
        case _ where type.hasSuffix("+json"): return Content(payload: try json(message.body))
        default:
            throw Refusal(
                .unsupportedContentType,
                "The content_type '\(WireRules.excerpt(type))' is not taken. Send application/json or text/plain.")
        }
    }

    /// A body that must be JSON.
    func json(_ body: [UInt8]) throws(Refusal) -> Payload {
        do {
            try JSONValidator.check(body, maximumDepth: limits.maximumDepth)
        } catch {
            throw invalid(error)
        }
        return Payload(bytes: body)
    }

    func object(_ body: [UInt8]) throws(Refusal) -> JSONObject? {
        do {
            return try JSONObject(body, maximumDepth: limits.maximumDepth)
        } catch {
            throw invalid(error)
        }
    }

    /// The media type in lower case, without parameters; empty if none was given.
    func mediaType(_ contentType: String?) throws(Refusal) -> String {
        guard let contentType, !contentType.isEmpty else { return "" }
        // Nearly every message says exactly this, and taking a media type apart costs more than all the rest of reading.
        if contentType == WireContentType.json { return contentType }
        let parts = contentType.lowercased().split(separator: ";", omittingEmptySubsequences: false)
        for parameter in parts.dropFirst() {
            let pair = parameter.split(separator: "=", maxSplits: 1).map { trim($0) }
            guard pair.first == "charset", pair.count == 2 else { continue }
            let charset = pair[1].filter { $0 != "\"" }
            guard ["utf-8", "utf8", "us-ascii"].contains(charset) else {
                throw Refusal(
                    .unsupportedContentType,
                    "The content_type names the charset '\(WireRules.excerpt(charset))'. Send UTF-8.")
            }
        }
        return trim(parts[0])
    }

    private func checkEncoding(_ encoding: String?) throws(Refusal) {
        switch encoding?.lowercased() {
        case nil, "", "identity", "utf-8", "utf8": return
        case let other?:
            throw Refusal(
                .unsupportedEncoding,
                "The content_encoding '\(WireRules.excerpt(other))' is not taken. Send the body uncompressed.")
        }
    }

    private func guess(_ body: [UInt8]) throws(Refusal) -> Payload {
        do {
            try JSONValidator.check(body, maximumDepth: limits.maximumDepth)
            return Payload(bytes: body)
        } catch {
            guard error.reason == .syntax else { throw invalid(error) }
            return try text(body)
        }
    }

    private func text(_ body: [UInt8]) throws(Refusal) -> Payload {
        guard UTF8Check.isValid(body) else {
            throw Refusal(.invalidJSON, "The body is no valid UTF-8. Send JSON or text in UTF-8.")
        }
        return JSONBuilder.string(String(decoding: body, as: UTF8.self))
    }

    private func cloudEvent(_ body: [UInt8]) throws(Refusal) -> Content {
        guard let object = try object(body) else {
            throw Refusal(.invalidJSON, "The body is no cloud event: a JSON object is expected.")
        }
        guard object.raw("data_base64") == nil else {
            throw Refusal(
                .unsupportedContentType, "The cloud event has binary data ('data_base64'). Send JSON in 'data'.")
        }
        var event = CloudEvent(type: object.string("type"))
        if let source = object.string("source"), let id = object.string("id") {
            let name = "\(source)/\(id)"
            guard name.utf8.count <= 255 else {
                throw Refusal(.badHeader, "The cloud event's 'source' and 'id' have more than 254 bytes together.")
            }
            event.messageID = name
        }
        return Content(payload: object.raw("data").map { Payload(bytes: $0) } ?? .null, event: event)
    }

    private func invalid(_ problem: JSONProblem) -> Refusal {
        Refusal(
            .invalidJSON, "The body is no JSON that is taken: \(problem). Send JSON in UTF-8, or text as text/plain.")
    }

    private func trim(_ text: Substring) -> String {
        String(text.drop { $0 == " " || $0 == "\t" }.reversed().drop { $0 == " " || $0 == "\t" }.reversed())
    }
}
