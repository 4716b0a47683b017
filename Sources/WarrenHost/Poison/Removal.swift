import AMQPMessages
import Warren
import WarrenMessaging
import WarrenPartition
import WarrenStorage
import WarrenSupport

extension FlightRecord.Suspect {
    /// Returns the work that removes a message over which processes died: it is refused, and a caller that waits for it
    /// is notified.
    func removal(of command: Command) -> [Work] {
        let detail =
            "The host's process ended \(deaths) times while it worked on this message, first noticed at "
            + "\(ISO8601.text(firstSeen)). "
            + (command.isQuestion
                ? "Ask for less: fewer instances, or no history."
                : "Mend what it does to the orchestrator's code, then publish it again.")
        var refusing = RefuseMessage(
            refusal: Refusal(.poison, detail),
            poison: DeadLetterCodec.Poison(subject: subject, deaths: deaths, since: firstSeen))
        switch command {
        case .childCompleted, .workResult:
            return [
                .refuse(refusing), .fail(FailInstance(instanceID: subject, deaths: deaths, since: firstSeen)),
            ]
        case .start(let start):
            refusing.parent = start.parent.map {
                ($0, FailureDetails(type: FailureDetails.killsHostType, message: detail, isNonRetriable: true))
            }
        case .raise, .control, .purge, .query: break
        }
        refusing.reply = command.context.reply
        return [.refuse(refusing)]
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
