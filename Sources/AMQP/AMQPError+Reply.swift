extension AMQPError {
    /// Translates a `channel.close` or `connection.close` of the broker to an error.
    ///
    /// Codes: AMQP 0-9-1 specification, section 1.1 "Domains", `reply-code`. RabbitMQ answers an unknown virtual host
    /// and one that the user may not enter with the same 530, and a queue with an exclusive consumer with the 403 of a
    /// missing permission; only the texts tell them apart.
    static func reply(
        _ code: Int, _ text: String, closesConnection: Bool, file: String = #fileID, line: Int = #line
    ) -> AMQPError {
        AMQPError(
            self.code(forReply: code, text, closesConnection: closesConnection), text, replyCode: code, file: file,
            line: line)
    }

    private static func code(forReply code: Int, _ text: String, closesConnection: Bool) -> Code {
        switch code {
        case 403 where names(text, "in exclusive use"): .resourceLocked
        case 403: .permissionDenied
        case 404: .notFound
        case 405: .resourceLocked
        case 406: .preconditionFailed
        case 320: .closedByBroker
        case 530 where closesConnection && names(text, "not found"): .missingVirtualHost
        case 530: .permissionDenied
        case 541: .brokerFailure
        case 501...505: .protocolViolation
        default: closesConnection ? .closedByBroker : .channelClosed
        }
    }

    private static func names(_ text: String, _ part: String) -> Bool {
        text.utf8.count >= part.utf8.count
            && text.utf8.indices.contains { text.utf8[$0...].starts(with: part.utf8) }
    }
}
