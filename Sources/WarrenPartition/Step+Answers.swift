import AMQPMessages
import Warren
import WarrenMessaging

/// Builds the answers to senders of messages.
extension Step {
    /// Puts a message that cannot be taken among the dead letters with the reason, and sends a refusal to its address
    /// for replies.
    ///
    /// - Parameter source: the message as received; `nil` if it is not kept.
    mutating func refuse(
        _ refusal: Refusal, source: InboundMessage?, reply: ReplyAddress?, poison: DeadLetterCodec.Poison? = nil,
        _ frame: Frame
    ) {
        observe(.messageRefused(refusal))
        if let source {
            send(frame.wire.deadLetter(source, refusal, poison: poison, partition: frame.rules.partition, at: now))
        }
        if let reply, reply.mode != .none { answer(reply, refusal, frame) }
    }

    /// Rejects a request.
    mutating func answer(_ reply: ReplyAddress, _ refusal: Refusal, instanceID: String? = nil, _ frame: Frame) {
        send(
            frame.wire.reply(
                ReplyMessage(
                    address: reply, status: .rejected, instanceID: instanceID, body: frame.wire.json(refusal)),
                at: now))
    }

    /// Replies to the publisher of a command that the command was taken, if it asked for that.
    ///
    /// - Parameters:
    ///   - unchanged: the status of the instance, if the command changes nothing.
    ///   - children: the sub-orchestrations that the command cuts off, for a command that can.
    mutating func accept(
        _ context: CommandContext, instanceID: String, unchanged: RuntimeStatus? = nil, children: [String]? = nil,
        _ frame: Frame
    ) {
        guard let reply = context.reply, reply.mode != .none else { return }
        let body = frame.wire.accepted(instanceID, unchanged: unchanged, children: children)
        send(
            frame.wire.reply(
                ReplyMessage(
                    address: reply, status: .accepted, instanceID: instanceID, body: body, trace: context.trace),
                at: now))
    }

    /// Reports to a parent that its sub-orchestration failed before it began.
    mutating func fail(_ parent: ParentInstance, _ failure: FailureDetails, _ frame: Frame) {
        send(
            frame.wire.outboxMessage(
                .childCompleted(ChildCompletedCommand(parent: parent, result: .failed(failure))),
                to: parent.instanceID))
    }
}
