import Warren
import WarrenMessaging

/// What senders of messages are told.
extension Step {
    /// A message that cannot be taken goes to the dead letters with the reason, and a refusal to the address for replies.
    ///
    /// - Parameter source: the message as it came; `nil` if it is not kept.
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

    /// Rejects what was asked for.
    mutating func answer(_ reply: ReplyAddress, _ refusal: Refusal, instanceID: String? = nil, _ frame: Frame) {
        send(
            frame.wire.reply(
                ReplyMessage(
                    address: reply, status: .rejected, instanceID: instanceID, body: frame.wire.json(refusal)),
                at: now))
    }

    /// Answers the publisher of a command, if it wants to know that the command was taken.
    ///
    /// - Parameter unchanged: where the instance stands, if the command changes nothing.
    mutating func accept(
        _ context: CommandContext, instanceID: String, unchanged: RuntimeStatus? = nil, _ frame: Frame
    ) {
        guard let reply = context.reply, reply.mode != .none else { return }
        let body = frame.wire.accepted(instanceID, unchanged: unchanged)
        send(
            frame.wire.reply(
                ReplyMessage(address: reply, status: .accepted, instanceID: instanceID, body: body), at: now))
    }

    /// Tells a parent that its sub-orchestration failed before it began.
    mutating func fail(_ parent: ParentInstance, _ failure: FailureDetails, _ frame: Frame) {
        send(
            frame.wire.encode(
                .childCompleted(ChildCompletedCommand(parent: parent, result: .failed(failure))),
                to: parent.instanceID))
    }
}
