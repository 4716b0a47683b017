import AMQP

/// Which texts of a message from outside are taken as what names it: its ID, what answers carry, who sent it.
///
/// They are stored, joined to keys and shown. AMQP lets each of them hold any byte; a zero byte or an escape in one of
/// them serves nobody but somebody who wants them read otherwise than they were meant.
enum IntakeText {
    /// Checks the properties, and the headers that stand in for them.
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
    /// - Parameter field: where it stands, for the refusal.
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
