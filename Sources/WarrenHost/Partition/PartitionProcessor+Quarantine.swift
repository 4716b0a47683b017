import Logging
import Warren
import WarrenMessaging
import WarrenPartition
import WarrenStorage
import WarrenSupport

/// Taking out what kills the host.
///
/// A publisher's message goes to the dead-letter queue whole, and has no other effect: once the code is mended it can be
/// published again, with the same IDs. What an instance waits for (a result, a timer) cannot be withheld from it without
/// leaving it waiting for ever, so there the instance fails.
extension PartitionProcessor {
    /// Takes out what came, because processes died over it.
    func takeOut(_ cause: Trial.Cause, _ suspect: FlightRecord.Suspect, _ batch: inout StepBatch) throws {
        switch cause {
        case .input(let input):
            batch.receipts.append(input.receipt)
            if case .command(let command) = input.kind {
                try takeOut(command, source: input.source, suspect, &batch)
            } else {
                try failPoisonous(suspect, &batch)
            }
        case .alarm(.held(let id)):
            guard let message = held[id], let (command, source) = try takeHeld(message, &batch) else { return }
            try takeOut(command, source: source, suspect, &batch)
        case .alarm:
            try failPoisonous(suspect, &batch)
        }
    }

    private func takeOut(
        _ command: Command, source: InboundMessage?, _ suspect: FlightRecord.Suspect, _ batch: inout StepBatch
    ) throws {
        let detail =
            "The host's process ended \(suspect.deaths) times while it worked on this message, first noticed at "
            + "\(ISO8601.text(suspect.firstSeen)). "
            + (command.isQuestion
                ? "Ask for less: fewer instances, or no history."
                : "Mend what it does to the orchestrator's code, then publish it again.")
        let refusal = Refusal(.poison, detail)
        refuse(refusal, source: source, reply: command.replyAddress, poison: suspect, &batch)
        switch command {
        case .start(let start):
            if let parent = start.parent {
                fail(parent, FailureDetails(type: "KillsHost", message: detail, isNonRetriable: true), &batch)
            }
        case .raise, .control, .purge, .query:
            break
        case .childCompleted, .workResult:
            try failPoisonous(suspect, &batch)
        }
    }

    private func failPoisonous(_ suspect: FlightRecord.Suspect, _ batch: inout StepBatch) throws {
        if let state = try find(suspect.subject) { try failPoisonous(state, suspect, &batch) }
        batch.endedSuspects.append(suspect.subject)
    }

    /// Fails an instance without running any of its code.
    func failPoisonous(
        _ state: InstanceState, _ suspect: FlightRecord.Suspect, _ batch: inout StepBatch
    ) throws {
        guard !state.record.status.isTerminal else { return }
        do {
            try loadTasks(of: state)
        } catch let error as StorageError where error.reach == .unit {
            return try failDamaged(state, error.message, &batch)
        }
        let failure = FailureDetails(
            type: "KillsHost",
            message: "The host's process ended \(suspect.deaths) times while it ran this instance, first noticed at "
                + "\(ISO8601.text(suspect.firstSeen)). Look for a trap, a stack overflow or a lack of memory in the code "
                + "of '\(state.record.name)', mend it, and start the instance again.",
            isNonRetriable: true)
        setup.logger.error(
            "An instance that kills the host is failed",
            metadata: ["instance": "\(state.record.instanceID)", "deaths": "\(suspect.deaths)"])
        let time = max(batch.now, state.record.lastUpdatedAt)
        var events = [HistoryEvent.orchestratorStarted(time)] + state.newEvents
        events.append(.executionCompleted(.failed, output: .null, failure: failure))
        state.record.lastUpdatedAt = time
        var messages: [OutboundMessage] = []
        finish(state, .failed, output: nil, failure: failure, &messages, &batch)
        append(events, to: state, &batch)
        write(state, &batch)
        addRow(messages, &batch)
    }
}

extension Command {
    /// Whom to tell that a command was refused.
    fileprivate var replyAddress: ReplyAddress? {
        switch self {
        case .start(let command): command.context.reply
        case .raise(let command): command.context.reply
        case .control(let command): command.context.reply
        case .purge(let command): command.context.reply
        case .query(let command): command.context.reply
        case .childCompleted, .workResult: nil
        }
    }
}
