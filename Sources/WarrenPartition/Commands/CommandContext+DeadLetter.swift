package import WarrenMessaging

extension CommandContext {
    /// What is kept among the dead letters if the command is refused: the message that it came in, or nothing if its
    /// publisher is content with the answer.
    package func deadLetter(_ source: InboundMessage?) -> InboundMessage? { refusesByReply ? nil : source }
}
