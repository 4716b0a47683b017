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
            let shown = fitting(try adding(queueOf: instanceID, to: status, question))
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
            switch committedStatus(of: instanceID) {
            case .found(let copy): entries.append(.status(copy.status))
            case .unknown: entries.append(.unknown)
            case .askTheHub: return .askAgain(question.input)
            }
        }
        return .message(try answer(entries, to: question))
    }

    /// Finds payloads that damage has made unfit for JSON: they must not spoil an answer about others.
    private func check(_ status: OrchestrationStatus) throws {
        for payload in [status.input, status.output, status.customStatus] {
            if let payload { try JSONValidator.check(payload.bytes) }
        }
    }

    /// The most steps of an open instance for which its history is read, to find what it waits for. The partition may know
    /// that of a longer one by heart.
    private static let mostStepsRead = 64

    /// Reads a status from what is committed alone; one that was read before comes from memory until its instance changes.
    ///
    /// - Returns: `.askTheHub` for an instance that the partition has to be asked for: it is damaged, or it is open and
    ///   has a long history.
    func committedStatus(of instanceID: String) -> CommittedStatus {
        // The partition knows the requests that wait at an entity.
        if EntityID.isEntity(instanceID) { return .askTheHub }
        if let copy = copies.copy(of: instanceID) {
            setup.metrics.readFromMemory()
            return .found(copy)
        }
        setup.metrics.readFromFile()
        let reading = copies.begin()
        var kept: (copy: StatusCopy, key: Int64)?
        defer { copies.end(reading, kept) }
        do {
            guard let record = try store.instance(instanceID) else { return .unknown }
            guard record.damage == nil else { return .askTheHub }
            // An instance that has ended waits for nothing.
            guard !record.status.isTerminal else { return .found(try keep(record, nil, &kept)) }
            guard record.episodes <= Self.mostStepsRead,
                let view = try store.view(of: instanceID, from: 0, bytes: Self.pageBytes), view.record.damage == nil
            else { return .askTheHub }
            // It may have gone on since the first look.
            guard !view.record.status.isTerminal else { return .found(try keep(view.record, nil, &kept)) }
            guard !view.hasMore, let waits = try waits(of: view, bytes: 0) else { return .askTheHub }
            return .found(try keep(view.record, waits, &kept))
        } catch {
            return .askTheHub
        }
    }

    private func keep(
        _ record: InstanceRecord, _ waits: OpenWaits?, _ kept: inout (copy: StatusCopy, key: Int64)?
    ) throws -> StatusCopy {
        var status = setup.wire.status(of: record, waits: OpenWaits(of: record))
        if let waits { status.show(waits) }
        let shown = fitting(status)
        try check(shown)
        let copy = StatusCopy(shown)
        kept = (copy, record.key)
        return copy
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
