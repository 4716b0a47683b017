/// Reads a payload as the type that a program declares, whatever codec writes it.
///
/// Many clients send JSON as text: they label it `text/plain`, or write a JSON text into a JSON string. The intake does
/// not have the declared type, so it keeps the string, and this type looks into the string: live and on replay alike,
/// for inputs, results and events.
enum PayloadReading {
    /// The maximum number of strings around a value.
    private static let maximumWraps = 3

    /// Decodes the value. A string that is not a `Value` is decoded as its content: JSON, or nothing if it is empty.
    ///
    /// - Throws: `WarrenError` with `payloadNotDecodable`, which names the expected and the actual value in terms of
    ///   JSON.
    static func decode<Value: Decodable>(
        _ type: Value.Type, from payload: Payload, _ codec: any PayloadCodec
    ) throws -> Value {
        do {
            return try codec.decode(type, from: payload)
        } catch {
            return try decodeContent(type, from: payload, codec, error)
        }
    }

    @inline(never)
    private static func decodeContent<Value: Decodable>(
        _ type: Value.Type, from payload: Payload, _ codec: any PayloadCodec, _ problem: any Error
    ) throws -> Value {
        var mismatch = PayloadMismatch(type, payload, problem)
        var current = payload
        for _ in 0..<maximumWraps {
            guard let content = content(ofString: current) else { break }
            if content.bytes.isEmpty {
                do { return try codec.decode(type, from: .null) } catch { break }
            }
            // Uses the same depth limit as the intake.
            do { try JSONValidator.check(content.bytes) } catch { break }
            do {
                return try codec.decode(type, from: content)
            } catch {
                mismatch = PayloadMismatch(type, payload, error, content: content)
            }
            current = content
        }
        throw WarrenError(
            .payloadNotDecodable, "The payload cannot be read: \(mismatch.text)", cause: mismatch)
    }

    /// The content of a JSON string, without a byte order mark; `nil` if the payload is not a string.
    private static func content(ofString payload: Payload) -> Payload? {
        guard let first = payload.bytes.first(where: { $0 > 0x20 }), first == UInt8(ascii: "\"") else { return nil }
        do {
            let text = try JSONScanner.scan(payload.bytes, maximumDepth: 0) { (scanner) throws(JSONProblem) in
                scanner.text(try scanner.string())
            }
            let bytes = Array(text.utf8)
            return Payload(bytes: bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? Array(bytes.dropFirst(3)) : bytes)
        } catch {
            return nil
        }
    }
}

/// The reason why a payload is not of the type that a program declares, in terms of JSON.
struct PayloadMismatch: Error, NonRetriableError, CustomStringConvertible {
    /// `expected an array of strings, got a string ("Tokyo"), sent as text/plain by exchange 'warren.start'`
    let text: String

    var description: String { text }

    /// - Parameter content: the JSON inside the payload's string, if `problem` is about that.
    init(_ type: any Any.Type, _ payload: Payload, _ problem: any Error, content: Payload? = nil) {
        let problem = (problem as? WarrenError)?.cause ?? problem
        var text = "expected \(JSONTypeWords(type).one)"
        let detail = Detail(problem, in: content ?? payload)
        if let member = detail.missingMember { text += " with the member '\(member)'" }
        text += ", got \(JSONExcerpt.words(payload.bytes))"
        if let words = detail.words { text += (content == nil ? ", in which " : ", in whose content ") + words }
        if let origin = payload.origin { text += ", \(origin)" }
        self.text = text
    }

    /// The fault that a decoder found inside the value.
    private struct Detail {
        /// A member that the value as a whole lacks.
        var missingMember: String?
        var words: String?

        init(_ problem: any Error, in payload: Payload) {
            switch problem {
            case DecodingError.keyNotFound(let key, let context):
                if context.codingPath.isEmpty {
                    missingMember = JSONExcerpt.cut(key.stringValue)
                } else {
                    words = "\(Self.place(context.codingPath)) has no member '\(JSONExcerpt.cut(key.stringValue))'"
                }
            case DecodingError.typeMismatch(let type, let context), DecodingError.valueNotFound(let type, let context):
                guard !context.codingPath.isEmpty else { return }
                words =
                    "\(Self.place(context.codingPath)) is \(Self.found(context.codingPath, payload)) "
                    + "instead of \(JSONTypeWords(type).one)"
            case DecodingError.dataCorrupted(let context):
                let reason = Self.reason(context.debugDescription)
                if !context.codingPath.isEmpty {
                    let found = Self.found(context.codingPath, payload)
                    words = "\(Self.place(context.codingPath)) is \(found), which is not taken"
                    if let reason { words? += ": \(reason)" }
                } else if let reason {
                    words = "something is not taken: \(reason)"
                }
            case is WarrenError: break
            default: words = "something is not taken: \(JSONExcerpt.cut(String(describing: problem), to: 200))"
            }
        }

        /// The words of the type's author. Those of the standard decoders are about Swift, and are not used.
        private static func reason(_ text: String) -> String? {
            let theirs = [
                "Cannot initialize", "Number ", "Parsed JSON number", "The given data", "Unexpected end",
                "Invalid number",
            ]
            guard !text.isEmpty, !text.contains("Swift"), !theirs.contains(where: { text.hasPrefix($0) }) else {
                return nil
            }
            return JSONExcerpt.cut(text, to: 200)
        }

        /// `items[0].count`
        private static func place(_ path: [any CodingKey]) -> String {
            var text = ""
            for key in path {
                if let index = key.intValue {
                    text += "[\(index)]"
                } else {
                    text += (text.isEmpty ? "" : ".") + key.stringValue
                }
            }
            return JSONExcerpt.cut(text)
        }

        private static func found(_ path: [any CodingKey], _ payload: Payload) -> String {
            JSONExcerpt.place(path, in: payload.bytes).map { JSONExcerpt.words($0) } ?? "absent"
        }
    }
}
