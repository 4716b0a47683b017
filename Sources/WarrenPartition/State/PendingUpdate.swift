import AMQPMessages
import Warren
import WarrenMessaging

/// An update that an instance is to take in the open step, with the callers that wait for its result.
struct PendingUpdate {
    /// The ID by which the history tells updates apart.
    var id: String
    var command: UpdateCommand
    /// The message that carried it.
    var source: InboundMessage?
    /// The addresses of further copies of the message in the same step.
    var copies: [ReplyAddress] = []

    var event: HistoryEvent { .updateAccepted(id: id, name: command.name, input: command.input) }

    /// The addresses to which the result goes.
    var replies: [ReplyAddress] {
        ([command.context.reply].compactMap(\.self) + copies).filter { $0.mode != .none }
    }
}
