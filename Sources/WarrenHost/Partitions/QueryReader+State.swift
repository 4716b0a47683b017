import AMQPMessages
import Warren
import WarrenMessaging
import WarrenPartition
import WarrenStorage

/// Answers queries of the state of orchestrators.
extension QueryReader {
    /// The time that the replay of a history may take for a query. A replay has one of the few places at which a
    /// partition's questions are answered.
    static let replayPatience = Duration.seconds(10)

    func message(
        about asked: StateQuestion, of instanceID: String, to question: PartitionQuestion
    ) throws -> OutboundMessage {
        if let answer = question.stateAnswer { return message(answer, asked, instanceID, question) }
        guard let record = try store.instance(instanceID) else { return rejection(.unknown(instanceID), question) }
        if let damage = record.damage {
            throw StorageError(.damagedRow, "The row is damaged: \(damage).", instance: record.key)
        }
        guard record.episodes > 0 else {
            return rejection(
                Refusal(
                    .instanceNotBegun,
                    "The instance '\(instanceID)' is \(record.status.rawValue) and has not begun, so that its orchestrator "
                        + "answers nothing yet. Ask again when it runs."), question)
        }
        switch LocalEpisodeExecutor(setup).verdict(on: record.name, record.version) {
        case .runs: break
        case .unknown:
            return message(
                .impossible(reason: "This host does not know the orchestration '\(record.name)'."), asked, instanceID,
                question)
        case .waits(let reason): return message(.impossible(reason: reason), asked, instanceID, question)
        case .fails(let failure): return message(.impossible(reason: failure.message), asked, instanceID, question)
        }
        let end = ContinuousClock.now + Self.replayPatience
        let answer = setup.runner.answer(asked, replaying: try wholeHistory(of: record)) { ContinuousClock.now < end }
        return message(answer, asked, instanceID, question)
    }

    private func message(
        _ answer: StateAnswer, _ asked: StateQuestion, _ instanceID: String, _ question: PartitionQuestion
    ) -> OutboundMessage {
        switch answer {
        case .answered(let output):
            let limit = setup.configuration.payloadLimits.message
            guard output.bytes.count <= limit else {
                return rejection(
                    Refusal(
                        .tooLarge,
                        "The answer to the query '\(asked.name)' has \(output.bytes.count) bytes; at most \(limit) are sent. "
                            + "Let its handler answer with less."), question)
            }
            return reply(.answered, output, instanceID, question)
        case .failed(let failure): return reply(.failure, setup.wire.json(failure.shortened()), instanceID, question)
        case .unknown(let known):
            return rejection(
                Refusal(
                    .unknownQuery,
                    "The instance '\(instanceID)' answers no query '\(asked.name)'. It answers "
                        + (known.isEmpty
                            ? "none: its orchestrator calls 'context.answer' for each." : known.joined(separator: ", "))
                ), question)
        case .impossible(let reason):
            return rejection(
                Refusal(.unanswerable, "The instance '\(instanceID)' cannot be asked: \(reason)"), question)
        }
    }

    private func reply(
        _ status: ReplyMessage.Status, _ body: Payload, _ instanceID: String, _ question: PartitionQuestion
    ) -> OutboundMessage {
        setup.wire.reply(
            ReplyMessage(address: question.reply, status: status, instanceID: instanceID, body: body),
            at: setup.clock.now)
    }

    /// The whole history of an execution, as far as it is committed.
    private func wholeHistory(of record: InstanceRecord) throws -> [HistoryEvent] {
        var events: [HistoryEvent] = []
        var episode = 0
        while let part = try store.view(of: record.instanceID, from: episode, bytes: Self.pageBytes),
            part.record.executionID == record.executionID, !part.episodes.isEmpty
        {
            for bytes in part.episodes { events += try decode(bytes, part.record) }
            episode = part.next
        }
        return events
    }
}
