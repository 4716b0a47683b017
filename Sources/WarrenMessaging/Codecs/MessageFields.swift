import AMQPMessages
import Warren
import WarrenSupport

/// Reads properties and headers of a message from outside; refusals name the header.
struct MessageFields {
    let message: InboundMessage

    var properties: MessageProperties { message.properties }

    /// A header as text. Numbers and truth values are accepted in their usual spelling, since clients differ in the
    /// types that they send; any other type is refused.
    func text(_ header: String, maximum: Int = 255) throws(Refusal) -> String? {
        guard let value = properties.headers[header] else { return nil }
        let text: String
        switch value {
        case .void: return nil
        case .string(let string): text = string
        case .bool(let flag): text = flag ? "true" : "false"
        default:
            guard let number = value.integer else { throw refuse(header, "a text") }
            text = String(number)
        }
        guard text.utf8.count <= maximum else { throw refuse(header, "at most \(maximum) bytes of text") }
        return text
    }

    func integer(_ header: String, in range: ClosedRange<Int64> = 0...(.max)) throws(Refusal) -> Int64? {
        guard let value = properties.headers[header], value != .void else { return nil }
        guard let number = Self.whole(value), range.contains(number) else {
            throw refuse(header, "a whole number from \(range.lowerBound) to \(range.upperBound)")
        }
        return number
    }

    /// A whole number, also one that a client writes as text, or as a number with a fraction of zero.
    private static func whole(_ value: FieldValue) -> Int64? {
        if let number = value.integer { return number }
        switch value {
        case .string(let text): return Int64(text.filter { $0 != " " })
        case .double(let number): return Int64(exactly: number)
        case .float(let number): return Int64(exactly: number)
        case .decimal(scale: 0, value: let number): return Int64(number)
        default: return nil
        }
    }

    /// A truth value, in any type that a client may use for it.
    func flag(_ header: String) throws(Refusal) -> Bool? {
        guard let value = properties.headers[header], value != .void else { return nil }
        if case .bool(let flag) = value { return flag }
        if let number = Self.whole(value) { return number != 0 }
        switch value.string?.lowercased().filter({ $0 != " " }) {
        case "true", "yes", "y", "on": return true
        case "false", "no", "n", "off", "": return false
        default: throw refuse(header, "true or false")
        }
    }

    /// A time as text, not yet parsed: as it was written, or the text of AMQP's own timestamp.
    func time(_ header: String) throws(Refusal) -> String? {
        guard case .timestamp(let seconds)? = properties.headers[header] else { return try text(header) }
        // Ends with the year 9999: the text of a time has four digits for the year.
        guard seconds <= 253_402_300_799 else { throw refuse(header, "a time before the year 10000") }
        return ISO8601.text(Timestamp(microseconds: Int64(seconds) * 1_000_000))
    }

    /// A header that has one of a few words, in any case.
    func word<Word: RawRepresentable<String>>(_ header: String, _ words: [Word]) throws(Refusal) -> Word? {
        guard let text = try text(header) else { return nil }
        guard let word = Word(rawValue: text) ?? words.first(where: { $0.rawValue.lowercased() == text.lowercased() })
        else {
            throw refuse(header, words.map { "'\($0.rawValue)'" }.joined(separator: ", "))
        }
        return word
    }

    /// The tags, from headers that begin with `warren-tag-`.
    func tags() throws(Refusal) -> [String: String] {
        var tags: [String: String] = [:]
        for header in properties.headers.keys.sorted() where header.hasPrefix(WireHeader.tagPrefix) {
            let key = String(header.dropFirst(WireHeader.tagPrefix.count))
            guard !key.isEmpty else { throw refuse(header, "a tag's name after 'warren-tag-'") }
            tags[key] = try text(header, maximum: 1024)
        }
        return tags
    }

    /// The publisher's name for the message.
    func messageID() throws(Refusal) -> String? {
        if let id = properties.messageID, !id.isEmpty { return id }
        guard let id = try text(WireHeader.messageID), !id.isEmpty else { return nil }
        return id
    }

    func required(_ header: String, maximum: Int = 255) throws(Refusal) -> String {
        guard let text = try text(header, maximum: maximum) else { throw refuse(header, "a text; it is missing") }
        return text
    }

    func requiredInteger(_ header: String) throws(Refusal) -> Int {
        guard let number = try integer(header, in: 0...Int64(Int32.max)) else {
            throw refuse(header, "a whole number; it is missing")
        }
        return Int(number)
    }

    func refuse(_ header: String, _ wanted: String) -> Refusal {
        Refusal(.badHeader, "The header '\(WireRules.excerpt(header))' must be \(wanted).")
    }
}
