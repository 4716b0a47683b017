import AMQPMessages
import Warren

/// Describes how a payload arrived, for the report of one that turns out not to fit: `sent as text/plain by exchange
/// 'warren.start'`. The words are stored with the payload, so they are short.
enum PayloadOrigin {
    /// The size limit, in bytes: more than parts of usual length need.
    private static let maximumBytes = 200

    /// The words for a start or an event. `nil` for JSON from Warren's own clients, for which there is nothing to
    /// report.
    static func words(for content: BodyReader.Content, in message: InboundMessage) -> String? {
        let properties = message.properties
        if properties.contentType == WireContentType.json, properties.headers[WireHeader.reply] != nil,
            properties.appID == nil, properties.userID == nil
        {
            return nil
        }
        let sender = message.exchange.isEmpty ? "the default exchange" : "exchange '\(excerpt(message.exchange))'"
        return words(content, properties, "by \(sender)")
    }

    /// The words for a worker's answer. `nil` for JSON from Warren's own workers.
    static func words(forAnswer content: BodyReader.Content, in message: InboundMessage) -> String? {
        let properties = message.properties
        if properties.contentType == WireContentType.json, properties.type == WireType.result { return nil }
        return words(content, properties, "by a worker")
    }

    private static func words(
        _ content: BodyReader.Content, _ properties: MessageProperties, _ sender: String
    ) -> String {
        var text = "sent "
        if let type = properties.contentType, !type.isEmpty {
            text += "as \(excerpt(type)) "
        } else {
            text += "without content_type "
        }
        text += sender
        if let app = properties.appID, !app.isEmpty { text += ", app_id '\(excerpt(app))'" }
        if let user = properties.userID, !user.isEmpty { text += ", user_id '\(excerpt(user))'" }
        if content.isGuessedText { text += "; the body was no JSON" }
        return cut(text)
    }

    /// The words that another host sent, cut to the limit.
    static func cut(_ text: String) -> String {
        guard text.utf8.count > maximumBytes else { return text }
        var kept = ""
        for character in text where kept.utf8.count + character.utf8.count <= maximumBytes { kept.append(character) }
        return kept
    }

    private static func excerpt(_ text: String) -> String {
        let short = String(WireRules.excerpt(text).prefix(40))
        return short.count < text.count ? short + "…" : short
    }
}
