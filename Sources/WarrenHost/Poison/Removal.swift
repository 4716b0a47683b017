import AMQPMessages
import Warren
import WarrenMessaging
import WarrenPartition
import WarrenStorage
import WarrenSupport

extension FlightRecord.Suspect {
    /// Returns the work that removes a message over which processes died: it is refused, and a caller that waits for it
    /// is notified.
    ///
    /// - Parameter isRefusedByStore: whether no process died: the store refused what the message led to.
    func removal(of command: Command, isRefusedByStore: Bool) -> [Work] {
        let detail = isRefusedByStore ? refusalDetail : deathDetail(of: command)
        var refusing = RefuseMessage(
            refusal: Refusal(.poison, detail),
            poison: DeadLetterCodec.Poison(subject: subject, deaths: deaths, since: firstSeen))
        switch command {
        case .childCompleted, .workResult:
            return [
                .refuse(refusing), .fail(failure(isRefusedByStore: isRefusedByStore)),
            ]
        case .start(let start):
            refusing.parent = start.parent.map {
                (
                    $0,
                    FailureDetails(
                        type: isRefusedByStore ? FailureDetails.refusedByStoreType : FailureDetails.killsHostType,
                        message: detail, isNonRetriable: true)
                )
            }
        case .raise, .control, .update, .purge, .query, .limits, .permit: break
        }
        refusing.reply = command.context.reply
        return [.refuse(refusing)]
    }

    /// The work that fails the instance.
    func failure(isRefusedByStore: Bool) -> FailInstance {
        FailInstance(instanceID: subject, deaths: deaths, since: firstSeen, isRefusedByStore: isRefusedByStore)
    }

    private var refusalDetail: String {
        "The partition's store refused what this message leads to, first at \(ISO8601.text(firstSeen)). This is a fault of "
            + "Warren: the host's log has the store's reason. Publish the message again when it is mended."
    }

    private func deathDetail(of command: Command) -> String {
        "The host's process ended \(deaths) times while it worked on this message, first noticed at "
            + "\(ISO8601.text(firstSeen)). "
            + (command.isQuestion
                ? "Ask for less: fewer instances, or no history."
                : "Mend what it does to the orchestrator's code, then publish it again.")
    }
}

extension PartitionInput {
    /// Whether the broker has never delivered it before, so that no process can have died over it. A question that is
    /// repeated is the same question.
    var isFresh: Bool {
        if kind.isQuestion { return false }
        guard case .delivery = receipt, let source else { return false }
        return !source.isRedelivered
    }
}
