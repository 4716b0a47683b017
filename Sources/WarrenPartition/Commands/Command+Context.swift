import WarrenMessaging

extension Command {
    /// The same without message key and reply address: it was recognised and answered before.
    var withoutContext: Command {
        switch self {
        case .raise(var command):
            command.context = CommandContext()
            return .raise(command)
        case .control(var command):
            command.context = CommandContext()
            return .control(command)
        default: return self
        }
    }
}

extension CommandContext {
    /// What is kept among the dead letters if the command is refused: the message that it came in, or nothing if its
    /// publisher is content with the answer.
    func deadLetter(_ source: InboundMessage?) -> InboundMessage? { refusesByReply ? nil : source }
}
