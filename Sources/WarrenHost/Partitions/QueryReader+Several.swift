import AMQPMessages
import Warren
import WarrenMessaging
import WarrenPartition
import WarrenStorage

/// Reads the statuses of several instances for one answer, and finds out whether a watched one has news.
extension QueryReader {
    /// Reads what an answer about several instances says of one of them.
    ///
    /// An instance that cannot be read is asked for alone, so that its damage is reported, and the others are shown.
    func entry(of instanceID: String, _ question: PartitionQuestion) -> StatusesCodec.Entry {
        do {
            guard let status = try status(of: instanceID, false, question) else { return .unknown }
            let shown = fitting(status)
            // In memory it was checked when it arrived.
            if question.snapshots[instanceID] == nil { try check(shown) }
            return .status(shown)
        } catch {
            return .askAlone
        }
    }

    /// Builds the answer about several instances.
    func answer(_ entries: [StatusesCodec.Entry], to question: PartitionQuestion) throws -> OutboundMessage {
        let body = try StatusesCodec.encode(answer: entries, bytes: setup.configuration.payloadLimits.message)
        return setup.wire.reply(
            ReplyMessage(address: question.reply, status: .answered, instanceID: nil, body: body), at: setup.clock.now)
    }

    /// Answers a question that the partition has not seen, from what is committed. If that is not enough for one of the
    /// instances, the partition gets the question.
    func earlyAnswer(about instanceIDs: [String], to question: PartitionQuestion) throws -> Answer {
        var entries: [StatusesCodec.Entry] = []
        for instanceID in instanceIDs {
            let entry = committedEntry(of: instanceID)
            if case .askAlone = entry { return .askAgain(question.input) }
            entries.append(entry)
        }
        return .message(try answer(entries, to: question))
    }

    /// Finds payloads that damage has made unfit for JSON: they must not spoil an answer about others.
    private func check(_ status: OrchestrationStatus) throws {
        for payload in [status.input, status.output, status.customStatus] {
            if let payload { try JSONValidator.check(payload.bytes) }
        }
    }

    /// The number of steps of an open instance whose history is read to find what it waits for, where the partition might
    /// know that by heart.
    private static let mostStepsRead = 64

    /// Reads a status from what is committed alone.
    ///
    /// - Returns: `.askAlone` for an instance that the partition has to be asked for: it is damaged, or it is open and
    ///   has a long history.
    func committedEntry(of instanceID: String) -> StatusesCodec.Entry {
        do {
            guard let record = try store.instance(instanceID) else { return .unknown }
            guard record.damage == nil else { return .askAlone }
            // An instance that has ended waits for nothing.
            if record.status.isTerminal { return try entry(of: record, nil) }
            guard record.episodes <= Self.mostStepsRead,
                let view = try store.view(of: instanceID, from: 0, bytes: Self.pageBytes), view.record.damage == nil
            else { return .askAlone }
            // It may have gone on since the first look.
            if view.record.status.isTerminal { return try entry(of: view.record, nil) }
            guard !view.hasMore, let waits = try waits(of: view, bytes: 0) else { return .askAlone }
            return try entry(of: view.record, waits)
        } catch {
            return .askAlone
        }
    }

    private func entry(of record: InstanceRecord, _ waits: OpenWaits?) throws -> StatusesCodec.Entry {
        var status = setup.wire.status(of: record, waits: OpenWaits(of: record))
        if let waits { status.show(waits) }
        let shown = fitting(status)
        try check(shown)
        return .status(shown)
    }

    /// Returns the key of a watched instance without news for its caller; `nil` if the question is to be answered now.
    func quietInstance(_ question: PartitionQuestion, _ watch: HistoryWatch) -> Int64? {
        guard case .status(let instanceID, true) = question.question else { return nil }
        do {
            guard let record = try store.instance(instanceID), record.damage == nil else { return nil }
            let place = HistoryPlace(question.historyFrom)
            let hasNews =
                record.status.isTerminal || record.executionID != watch.executionID
                || record.episodes > place.episode
            return hasNews ? nil : record.key
        } catch {
            // The answer meets the same error, and reports it.
            return nil
        }
    }
}
