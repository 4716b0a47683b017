extension DeadLetterEntry {
    /// The remedy for a message that was refused for a reason.
    package static func remedy(for reason: String) -> String {
        if let reason = Refusal.Reason(rawValue: reason), let text = remedies[reason] { return text }
        return brokerRemedies[reason] ?? "Look at the detail; this version does not know the reason."
    }

    /// The reasons that have a remedy.
    static var reasonsWithRemedy: Set<Refusal.Reason> { Set(remedies.keys) }

    private static let mend = "Mend its publisher and send it again; redriven as it is, it is refused again."

    private static let remedies: [Refusal.Reason: String] = [
        .unknownOrchestration:
            "Start a host that has registered the orchestration, then redrive it; or purge a typing error.",
        .unknownEntity: "Start a host that has registered the entity, then redrive it; or purge a typing error.",
        .unknownInstance: "Start the instance first, then redrive it; or purge it if the instance is gone for good.",
        .instanceFinished: "Nothing can reach an ended instance. Purge it, or start the instance again and redrive it.",
        .instanceNotFinished: "Terminate the instance or wait for its end, then redrive the purge.",
        .instanceNotFailed: "Reset the instance to a point of its history instead, or purge it.",
        .instanceHoldsEntities: "Restart the instance, or reset it to a point before it asked for the entity.",
        .instanceNotBegun: "Wait until the instance has begun and redrive it, or purge it.",
        .instanceSuspended: "Resume the instance, then redrive it.",
        .unknownQuery: "Ask for one of the queries that the detail names.",
        .unknownUpdate:
            "Its publisher has to name one of the updates that the detail names; or redrive it when the orchestrator takes it.",
        .updateRefused:
            "The orchestrator does not want it as things are. Purge it, or redrive it when that has changed.",
        .answerGone: "Nothing has to be done: the update took effect.",
        .instanceExists:
            "Purge or end the instance of that ID and redrive it; or send the start again with another ID.",
        .invalidJSON: mend,
        .unsupportedContentType: mend,
        .unsupportedEncoding: mend,
        .tooLarge: "Its publisher has to store large data elsewhere and send a reference: only the beginning was kept.",
        .tooManyHeaders: mend,
        .badName: mend,
        .badInstanceID: mend,
        .badHeader: mend,
        .badRoutingKey: mend,
        .unknownVerb: mend,
        .badReplyTo:
            "Let its publisher name a queue for replies that is allowed. The detail says whether the work was taken; then "
            + "nothing has to be sent again.",
        .duplicateIDMismatch:
            "Its publisher has to give every message an ID of its own, and to send it again under one.",
        .unmatchedResult:
            "Let the worker answer to the 'reply_to' and under the 'correlation_id' of the work that it got. Until it does, "
            + "the activity waits.",
        .unknownKind: mend,
        .forged:
            "No partition of this hub has sent it. Find out who may write to the hub's exchanges, and take that right away.",
        .unreadableEvent:
            "The instance waits on. Raise the event again with data of the kind that the detail names; redriven as it is, it "
            + "is refused again.",
        .tooManyHeld: "Start what the held messages wait for, or wait until they are refused; then redrive it.",
        .damagedRow:
            "A row of the partition's file is damaged and was set aside. The host's log and 'warren hub show' say which; a "
            + "backup may have it whole.",
        .partitionStopped: "Mend or restore the partition's file as the host's log says, then ask or send again.",
        .overloaded: "The host had too much to do. Ask or send it again in a moment; a redrive does so.",
        .unreadable:
            "What was asked for cannot be read. The host's log says what is damaged; a backup may have it whole.",
        .unanswerable: "Ask for less: a single instance, or a status without its history.",
        .poison:
            "The host's process ended again and again over it. Find out why from the host's log, deploy what mends it, "
            + "then redrive it.",
    ]

    private static let brokerRemedies = [
        "rejected": "The reader's log should say why it rejected the message.",
        "expired": "It waited longer than a policy's 'message-ttl' lets it. Start more readers, or change the policy.",
        "maxlen": "The queue was full. Start more readers, or raise the policy's 'max-length'.",
        "delivery_limit": "Its readers ended again and again before they acknowledged it. Look at their logs.",
    ]
}
