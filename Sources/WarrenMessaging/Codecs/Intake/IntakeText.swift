import AMQPMessages

/// Checks the texts of a message from outside that serve as names: its ID, the correlation ID, its sender.
///
/// They are stored, joined to keys and shown. AMQP allows any byte in them; a zero byte or an escape serves only
/// senders that want the text to be misread.
enum IntakeText {
    /// Checks the properties, and the headers that substitute for them.
    static func check(_ properties: MessageProperties) throws(Refusal) {
        try check(properties.correlationID, "property 'correlation_id'")
        try check(properties.messageID, "property 'message_id'")
        try check(properties.appID, "property 'app_id'")
        try check(properties.userID, "property 'user_id'")
        try check(properties.type, "property 'type'")
        for header in [WireHeader.correlationID, WireHeader.messageID] {
            try check(properties.headers[header]?.string, "header '\(header)'")
        }
    }

    /// Checks one text.
    ///
    /// - Parameter field: the place of the text, for the refusal.
    static func check(_ text: String?, _ field: @autoclosure () -> String) throws(Refusal) {
        guard let text else { return }
        guard !WireRules.hasControlCharacters(text) else {
            throw Refusal(
                .badHeader,
                "The \(field()) contains control characters, such as a zero byte or a line's end. Send it without them."
            )
        }
        guard !WireRules.hasReplacementCharacter(text) else {
            throw Refusal(
                .badHeader, "The \(field()) is not valid UTF-8. Send it as UTF-8; letters and digits always are.")
        }
    }
}
