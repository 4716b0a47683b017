package import AMQPMessages
import Warren

/// Builds queries and updates of the state of orchestrators: the same messages that any publisher sends.
extension RequestEncoder {
    /// Asks an orchestrator about its state.
    func query(_ question: StateQuestion, of instanceID: String, ids: RequestIDs) -> OutboundMessage {
        message(
            hub.controlExchange, "\(instanceID)/query",
            headers: [
                WireHeader.name: .string(question.name),
                // A question that is refused needs no dead letter: its caller waits.
                WireHeader.refuse: .string(RefusalMode.reply.rawValue),
            ], body: question.input, reply: .completed, ids: ids)
    }

    /// Sends an update, and asks for its result.
    package func update(_ command: UpdateCommand, ids: RequestIDs) -> OutboundMessage {
        var headers: FieldTable = [
            WireHeader.name: .string(command.name),
            WireHeader.refuse: .string(RefusalMode.reply.rawValue),
        ]
        addHoldLimit(to: &headers, .accepted)
        return message(
            hub.controlExchange, "\(command.instanceID)/update", headers: headers, body: command.input,
            reply: .completed, ids: ids, trace: command.context.trace)
    }
}
