package import AMQPMessages
package import Warren

/// A work item that the broker gave up on, as it arrives in `{h}.dead.activity`: the waiting task, and the reason.
///
/// The broker gives the reason in `x-death`, and it is only worded here; the waiting task is proved by the item's
/// signed correlation ID, because a publisher can write headers of any name.
package struct DeadWorkItem: Sendable, Hashable {
    package var activity: String
    /// The queue of the partition that waits for the result.
    package var replyTo: String
    package var correlationID: String
    /// The broker's reason: `rejected`, `expired`, `delivery_limit`, `maxlen`; empty if it does not say.
    package var reason: String
    /// The queue in which the item died.
    package var queue: String
    /// The number of deliveries of the item, if the queue counts them.
    package var deliveries: Int?

    /// Reads a dead work item.
    package static func decode(_ message: InboundMessage) -> Result<DeadWorkItem, Refusal> {
        Result { () throws(Refusal) in
            guard let correlationID = message.properties.correlationID else {
                throw Refusal(.badHeader, "A dead work item needs the property 'correlation_id' to be answered.")
            }
            guard let replyTo = message.properties.replyTo, !replyTo.isEmpty else {
                throw Refusal(.badReplyTo, "A dead work item needs the property 'reply_to' to be answered.")
            }
            let headers = message.properties.headers
            let death = Self.latestDeath(headers["x-death"])
            // The header counts returns to the queue: the first delivery is not included.
            let returns = headers["x-delivery-count"]?.integer.map { Int(clamping: $0) }
            return DeadWorkItem(
                activity: headers[WireHeader.activity]?.string ?? message.routingKey, replyTo: replyTo,
                correlationID: correlationID,
                reason: death?["reason"]?.string ?? headers["x-first-death-reason"]?.string ?? "",
                queue: death?["queue"]?.string ?? headers["x-first-death-queue"]?.string ?? "",
                deliveries: returns.map { $0 < .max ? $0 + 1 : $0 })
        }
    }

    /// The newest entry, which is the first.
    static func latestDeath(_ value: FieldValue?) -> FieldTable? {
        guard case .array(let deaths)? = value, case .table(let death)? = deaths.first else { return nil }
        return death
    }

    /// The failure for the waiting orchestrator: what happened, in which queue, how often, and the remedy.
    ///
    /// It is retriable, whatever the reason: the call's retry policy limits the attempts, and a call without one fails
    /// at once.
    package var failure: FailureDetails {
        let (happened, remedy): (String, String) =
            switch reason {
            case "rejected":
                (
                    "a worker rejected it",
                    "The worker's log should say why. A worker that cannot do the work should answer with "
                        + "'warren-status: failed', so that its reason comes back."
                )
            case "delivery_limit":
                (
                    "no worker acknowledged it before its queue's delivery limit",
                    "Workers end, or close their channel, while they have it: look for what its input does to them."
                )
            case "expired":
                (
                    "it waited longer than the queue's time to live",
                    "Start more workers, or lengthen the 'message-ttl' of the policy."
                )
            case "maxlen":
                (
                    "its queue was full",
                    "Start more workers, or raise the 'max-length' of the policy."
                )
            default:
                (
                    "the broker gave it up" + (reason.isEmpty ? "" : " (\(reason))"),
                    "Look at the policies of the queue."
                )
            }
        let count = deliveries.map { " after \($0) deliver\($0 == 1 ? "y" : "ies")" } ?? ""
        let place = queue.isEmpty ? "" : " in the queue '\(queue)'"
        return FailureDetails(
            type: "DeadWorkItem",
            message: "The work item of the activity '\(activity)' died\(place)\(count): \(happened). \(remedy)")
    }
}
