import AMQPMessages
package import Warren
package import WarrenMessaging

/// Refuses a message that contains no possible command.
package struct RefuseMessage: PartitionCommand {
    package var refusal: Refusal
    /// The address to which the refusal is sent.
    package var reply: ReplyAddress?
    /// The parent of the sub-orchestration that the message would have started, with the failure that it gets.
    package var parent: (instance: ParentInstance, failure: FailureDetails)?
    /// What the dead letter records of a message that kills its host.
    package var poison: DeadLetterCodec.Poison?

    package init(
        refusal: Refusal, reply: ReplyAddress? = nil,
        parent: (instance: ParentInstance, failure: FailureDetails)? = nil,
        poison: DeadLetterCodec.Poison? = nil
    ) {
        self.refusal = refusal
        self.reply = reply
        self.parent = parent
        self.poison = poison
    }

    func resolve(_ state: inout PartitionState, _ frame: Frame) throws(Unresolved) {}

    func apply(_ found: Void, _ state: inout PartitionState, _ step: inout Step, _ frame: Frame) {
        step.refuse(
            explained(state.knownActivities, frame), source: frame.source, reply: reply, poison: poison, frame)
        if let parent { step.fail(parent.instance, parent.failure, frame) }
    }

    /// Adds to the refusal of an answer that matches no work how to answer again: a worker that has acknowledged its
    /// work item does not get it again, and its activity waits.
    private func explained(_ knownActivities: Set<String>, _ frame: Frame) -> Refusal {
        guard refusal.reason == .unmatchedResult, let source = frame.source else { return refusal }
        var refusal = refusal
        refusal.detail +=
            " If the work item was acknowledged, its activity still waits: publish the same body again to "
            + "'\(source.exchange)' with the routing key '\(WireRules.excerpt(source.routingKey))' and the work item's own "
            + "correlation_id."
        let activities = source.activityName.map { [$0] } ?? knownActivities.sorted()
        if !activities.isEmpty {
            let queues = activities.prefix(5).map { "'\(frame.wire.activityQueue(WireRules.excerpt($0)))'" }
            refusal.detail +=
                " Its work came from the queue \(queues.joined(separator: ", or "))"
                + (activities.count > 5 ? ", or one of \(activities.count - 5) more." : ".")
        }
        return refusal
    }
}

/// Refuses a message that cannot be read, or must not be believed.
struct RefuseUnreadable: PartitionCommand {
    var refusal: Refusal

    func resolve(_ state: inout PartitionState, _ frame: Frame) throws(Unresolved) {}

    func apply(_ found: Void, _ state: inout PartitionState, _ step: inout Step, _ frame: Frame) {
        var refusing = RefuseMessage(refusal: refusal)
        if let source = frame.source {
            // An older client waits for an answer. Nothing else in a forged message is used.
            if refusal.reason == .forged {
                refusing.reply = frame.wire.replyAddress(source)
            } else if let instance = frame.wire.parentOfStart(source) {
                refusing.parent = (
                    instance, FailureDetails(type: "RefusedStart", message: refusal.description, isNonRetriable: true)
                )
            }
        }
        refusing.apply((), &state, &step, frame)
    }
}
