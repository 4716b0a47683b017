import AMQPMessages
import Warren

/// Converts a body to JSON: by content type and encoding, as publishers of all kinds send them.
///
/// | Content type | Becomes |
/// |---|---|
/// | none, `application/octet-stream` | the JSON it is; else, if UTF-8, a JSON string |
/// | `application/json`, `text/json`, `…+json` | the JSON it must be |
/// | `text/plain` | a JSON string |
/// | `application/cloudevents+json` | its `data` |
/// | `application/cloudevents-batch+json` | the `data` of each |
/// | `application/vnd.masstransit+json` | its `message` |
///
/// An empty body is `null`. A byte order mark is skipped.
struct BodyReader {
    let limits: WireLimits

    struct Content {
        var payload: Payload
        var event: CloudEvent?
        /// The message ID of an envelope around the payload.
        var messageID: String?
        /// Whether the body became a string because neither a property nor its content shows another type.
        var isGuessedText = false

        /// The message ID from the body, for messages without one in a property or header.
        var name: String? { event?.messageID ?? messageID }
    }

    /// The one value of a body.
    func content(of message: InboundMessage) throws(Refusal) -> Content {
        switch try read(message) {
        case .one(let content): return content
        case .batch(let contents):
            guard contents.count == 1, let content = contents.first else {
                throw Refusal(
                    .unsupportedContentType,
                    "The body is a batch of \(contents.count) cloud events, and one value is expected here.")
            }
            return content
        }
    }

    /// The values of a body: one, except for a batch.
    func contents(of message: InboundMessage) throws(Refusal) -> [Content] {
        switch try read(message) {
        case .one(let content): return [content]
        case .batch(let contents): return contents
        }
    }

    /// The values of a body. Nearly all have one value, which needs no list.
    private enum Reading {
        case one(Content)
        case batch([Content])
    }

    private func read(_ message: InboundMessage) throws(Refusal) -> Reading {
        do {
            return try reading(message)
        } catch {
            throw compression(of: message) ?? error
        }
    }

    private func reading(_ message: InboundMessage) throws(Refusal) -> Reading {
        try checkEncoding(message.properties.contentEncoding)
        let type = try mediaType(message.properties.contentType)
        let body = Self.withoutMark(message.body)
        let event = try CloudEvent(headers: message.properties.headers)
        guard !body.isEmpty else { return .one(Content(payload: .null, event: event)) }
        switch type {
        // Tests first for the type of nearly every message.
        case WireContentType.json, "text/json": return .one(Content(payload: try json(body), event: event))
        case "": return .one(try guess(body, event))
        case WireContentType.text: return .one(Content(payload: try text(body), event: event))
        case WireContentType.cloudEvent: return .one(try cloudEvent(body))
        case WireContentType.cloudEventBatch: return .batch(try cloudEvents(body))
        case WireContentType.massTransit: return .one(try massTransit(body))
        case _ where type.hasSuffix("+json"): return .one(Content(payload: try json(body), event: event))
        default:
            var detail =
                "The content_type '\(WireRules.excerpt(type))' is not taken. Send application/json or text/plain."
            if isJSON(body) { detail = "The body is JSON, but the " + detail.dropFirst(4) }
            throw Refusal(.unsupportedContentType, detail)
        }
    }

    /// Reads a body that must be JSON.
    func json(_ body: [UInt8]) throws(Refusal) -> Payload {
        do {
            try JSONValidator.check(body, maximumDepth: limits.maximumDepth)
        } catch {
            throw invalid(error)
        }
        return Payload(bytes: body)
    }

    func object(_ body: [UInt8]) throws(Refusal) -> JSONObjectReader? {
        do {
            return try JSONObjectReader(Self.withoutMark(body), maximumDepth: limits.maximumDepth)
        } catch {
            throw invalid(error)
        }
    }

    /// The media type in lower case, without parameters; empty if none was given, or only the general one: several
    /// clients label every body as a stream of bytes.
    func mediaType(_ contentType: String?) throws(Refusal) -> String {
        guard let contentType, !contentType.isEmpty else { return "" }
        // Nearly every message has exactly this type, and taking a media type apart costs more than the rest of
        // reading.
        if contentType == WireContentType.json { return contentType }
        let parts = contentType.lowercased().split(separator: ";", omittingEmptySubsequences: false)
        for parameter in parts.dropFirst() {
            let pair = parameter.split(separator: "=", maxSplits: 1).map { trim($0) }
            guard pair.first == "charset", pair.count == 2, let named = pair.last else { continue }
            let charset = named.filter { $0 != "\"" }
            guard ["utf-8", "utf8", "us-ascii", "ascii", "binary"].contains(charset) else {
                throw Refusal(
                    .unsupportedContentType,
                    "The content_type names the charset '\(WireRules.excerpt(charset))'. Send UTF-8.")
            }
        }
        let type = trim(parts.first ?? "")
        return ["application/octet-stream", "binary/octet-stream"].contains(type) ? "" : type
    }

    /// Accepts encodings that change nothing, and those that name a character set, which the body itself has to prove.
    private func checkEncoding(_ encoding: String?) throws(Refusal) {
        switch encoding.map({ trim($0.lowercased()[...]) }) {
        case nil, "", "identity", "utf-8", "utf8", "us-ascii", "ascii", "binary", "8bit", "7bit": return
        case let other?:
            throw Refusal(
                .unsupportedEncoding,
                "The content_encoding '\(WireRules.excerpt(other))' is not taken. Send the body uncompressed.")
        }
    }

    /// A more precise reason for a body that cannot be read: kombu states in a header that it has compressed the body.
    private func compression(of message: InboundMessage) -> Refusal? {
        guard let word = message.properties.headers["compression"]?.string, !word.isEmpty,
            !["identity", "none"].contains(word.lowercased())
        else { return nil }
        return Refusal(
            .unsupportedEncoding,
            "The header 'compression' says that the body is compressed ('\(WireRules.excerpt(word))'). "
                + "Send it uncompressed.")
    }

    private static let mark: [UInt8] = [0xEF, 0xBB, 0xBF]

    private static func withoutMark(_ body: [UInt8]) -> [UInt8] {
        body.starts(with: mark) ? Array(body.dropFirst(mark.count)) : body
    }

    private func isJSON(_ body: [UInt8]) -> Bool {
        do {
            try JSONValidator.check(body, maximumDepth: limits.maximumDepth)
            return true
        } catch {
            return false
        }
    }

    private func guess(_ body: [UInt8], _ event: CloudEvent?) throws(Refusal) -> Content {
        do {
            try JSONValidator.check(body, maximumDepth: limits.maximumDepth)
            return Content(payload: Payload(bytes: body), event: event)
        } catch {
            guard error.reason == .syntax else { throw invalid(error) }
            return Content(payload: try text(body), event: event, isGuessedText: true)
        }
    }

    private func text(_ body: [UInt8]) throws(Refusal) -> Payload {
        guard UTF8Check.isValid(body) else {
            throw Refusal(.invalidJSON, "The body is no valid UTF-8. Send JSON or text in UTF-8.")
        }
        return Payload(jsonStringOf: String(decoding: body, as: UTF8.self))
    }

    // MARK: - Envelopes

    private func cloudEvent(_ body: [UInt8]) throws(Refusal) -> Content {
        guard let object = try object(body) else {
            throw Refusal(.invalidJSON, "The body is no cloud event: a JSON object is expected.")
        }
        return try cloudEvent(object)
    }

    private func cloudEvent(_ object: JSONObjectReader) throws(Refusal) -> Content {
        guard object.raw("data_base64") == nil else {
            throw Refusal(
                .unsupportedContentType, "The cloud event has binary data ('data_base64'). Send JSON in 'data'.")
        }
        let event = try CloudEvent(
            type: object.string("type"), source: object.string("source"), id: object.string("id"))
        return Content(payload: object.raw("data").map { Payload(bytes: $0) } ?? .null, event: event)
    }

    /// All events of a batch, or a refusal of the batch that names the first event that cannot be taken: the batch is
    /// one message, and is acknowledged as one.
    private func cloudEvents(_ body: [UInt8]) throws(Refusal) -> [Content] {
        let payload = try json(body)
        guard let elements = JSONObjectReader.elements(of: payload.bytes), !elements.isEmpty else {
            throw Refusal(.invalidJSON, "The body is no batch of cloud events: a JSON array of objects is expected.")
        }
        var contents: [Content] = []
        for (index, element) in elements.enumerated() {
            guard let object = try object(element) else {
                throw Refusal(
                    .invalidJSON, "Element \(index) of the batch is no cloud event: a JSON object is expected.")
            }
            do {
                contents.append(try cloudEvent(object))
            } catch {
                throw Refusal(error.reason, "Element \(index) of the batch: \(error.detail)")
            }
        }
        return contents
    }

    private func massTransit(_ body: [UInt8]) throws(Refusal) -> Content {
        guard let object = try object(body), let message = object.raw("message") else {
            throw Refusal(
                .invalidJSON,
                "The body is no MassTransit envelope: a JSON object with the member 'message' is expected. "
                    + "Send application/json for JSON without an envelope.")
        }
        let id = object.string("messageId")
        guard (id ?? "").utf8.count <= 255 else {
            throw Refusal(.badHeader, "The envelope's 'messageId' has more than 255 bytes.")
        }
        return Content(payload: Payload(bytes: message), messageID: id)
    }

    private func invalid(_ problem: JSONProblem) -> Refusal {
        Refusal(
            .invalidJSON, "The body is no JSON that is taken: \(problem). Send JSON in UTF-8, or text as text/plain.")
    }

    private func trim(_ text: Substring) -> String {
        String(text.drop { $0 == " " || $0 == "\t" }.reversed().drop { $0 == " " || $0 == "\t" }.reversed())
    }
}
