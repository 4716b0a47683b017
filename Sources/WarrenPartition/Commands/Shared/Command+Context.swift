import AMQPMessages
import WarrenMessaging

extension Command {
    /// The same command without message key and reply address, because it was recognised and answered before. It stays in
    /// its trace.
    var withoutContext: Command {
        switch self {
        case .raise(var command):
            command.context = command.context.traceAlone
            return .raise(command)
        case .control(var command):
            command.context = command.context.traceAlone
            return .control(command)
        case .update(var command):
            command.context = command.context.traceAlone
            return .update(command)
        default: return self
        }
    }
}

extension CommandContext {
    fileprivate var traceAlone: CommandContext {
        var context = CommandContext()
        context.trace = trace
        return context
    }

    /// Chooses what is kept among the dead letters if the command is refused: the message that carried it, or nothing
    /// if a refusal by reply is enough for its publisher.
    func deadLetter(_ source: InboundMessage?) -> InboundMessage? { refusesByReply ? nil : source }
}
