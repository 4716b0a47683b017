import AMQPMessages
import Logging
import Warren
import WarrenMessaging
import WarrenPartition
import WarrenStorage
import WarrenSupport

/// Reads the answers to questions.
///
/// A question that cannot be answered gets an answer as well: `rejected`, with the reason. No question can end more
/// than itself.
struct QueryReader: Sendable {
    let setup: PartitionSetup
    let store: any PartitionStore
    /// Reports an instance, given by its key, that cannot be read to the partition.
    let report: @Sendable (Int64) -> Void
    /// The statuses that were read last.
    let copies: StatusCopies

    /// The number of bytes of payloads in a page of a listing, or of a history.
    static let pageBytes = 1 << 20
    /// The number of bytes of histories that are read to find what instances wait for: for one instance, and for a page
    /// of them.
    static let readBytes = 16 << 20
    /// The number of rows that were set aside in an answer; the answer counts all of them.
    private static let mostDamagedRows = 100
    private static let reasonLength = 500
    /// The number of rows that are looked at to count instances where an index alone does not answer.
    static let mostCounted = 200_000

    /// The result of one attempt to answer a question.
    enum Answer: Sendable {
        case message(OutboundMessage)
        /// The partition takes the question once more, after the inputs before it have taken effect.
        case askAgain(PartitionInput)
    }

    func answer(_ question: PartitionQuestion) -> Answer {
        do {
            if question.isEarly, case .statuses(let instanceIDs) = question.question {
                return try earlyAnswer(about: instanceIDs, to: question)
            }
            return .message(try message(for: question))
        } catch let error as StorageError where error.code == .closed {
            // The question is for the next loop that opens the store, in this host or in the next one.
            return .askAgain(question.input)
        } catch let error as StorageError where error.reach == .unit && !question.input.waitedForDamage {
            // The partition fails the damaged instance first. The second attempt then reads the failure.
            if let key = error.instance { report(key) }
            var input = question.input
            input.waitedForDamage = true
            return .askAgain(input)
        } catch {
            setup.logger.warning("A question cannot be answered", metadata: [LogKey.error: "\(error)"])
            return .message(
                rejection(
                    Refusal(.unreadable, "The host cannot read what was asked for: \(error). Its log says more."),
                    question))
        }
    }

    private func message(for question: PartitionQuestion) throws -> OutboundMessage {
        switch question.question {
        case .status(let instanceID, let includeHistory):
            guard let status = try readableStatus(of: instanceID, includeHistory, question) else {
                return rejection(.unknown(instanceID), question)
            }
            return answer(fitting(status), or: { readable(fitting(status)) }, instanceID: instanceID, question)
        case .wait(let instanceID):
            guard let record = try question.snapshots[instanceID]?.record ?? store.instance(instanceID) else {
                return rejection(.unknown(instanceID), question)
            }
            return setup.wire.reply(setup.wire.endReply(record, to: question.reply), at: setup.clock.now)
        case .state(let instanceID, let asked): return try message(about: asked, of: instanceID, to: question)
        case .list(let query):
            let page = try list(query)
            return answer(
                page, or: { InstanceListReply(instances: page.instances.map(readable), next: page.next) },
                instanceID: nil, question)
        case .count(let query):
            return answer(try counts(query), instanceID: nil, question)
        case .statuses(let instanceIDs):
            return try answer(instanceIDs.map { entry(of: $0, question) }, to: question)
        case .damaged: return answer(try damagedRows(), instanceID: nil, question)
        case .describe: return answer(description, instanceID: nil, question)
        }
    }

    func rejection(_ refusal: Refusal, _ question: PartitionQuestion) -> OutboundMessage {
        setup.wire.reply(
            ReplyMessage(
                address: question.reply, status: .rejected, instanceID: nil, body: setup.wire.json(refusal)),
            at: setup.clock.now)
    }

    private func answer<Value: Encodable>(
        _ value: Value, or readable: (() -> Value)? = nil, instanceID: String?, _ question: PartitionQuestion
    ) -> OutboundMessage {
        let limit = setup.configuration.payloadLimits.message
        let answer = setup.wire.answer(
            value, or: readable, to: question.reply, instanceID: instanceID, at: setup.clock.now)
        guard answer.body.count <= limit else {
            return rejection(
                Refusal(
                    .tooLarge,
                    "The answer has \(answer.body.count) bytes; at most \(limit) are sent. Ask for less, or without "
                        + "payloads."), question)
        }
        return answer
    }

    // MARK: - Status

    /// Reads a status. If the history cannot be read and the partition knows it already, the status comes without it.
    private func readableStatus(
        of instanceID: String, _ includeHistory: Bool, _ question: PartitionQuestion
    ) throws -> OrchestrationStatus? {
        do {
            return try status(of: instanceID, includeHistory, question).map {
                try adding(queueOf: instanceID, to: $0, question)
            }
        } catch let error as StorageError where error.reach == .unit && question.input.waitedForDamage {
            guard let record = try store.instance(instanceID) else { return nil }
            var status = setup.wire.status(of: record, waits: OpenWaits(of: record))
            status.omitted = (includeHistory ? ["history"] : []) + (record.status.isTerminal ? [] : ["openTasks"])
            return status
        }
    }

    func status(
        of instanceID: String, _ includeHistory: Bool, _ question: PartitionQuestion
    ) throws -> OrchestrationStatus? {
        if !includeHistory, let snapshot = question.snapshots[instanceID] {
            return setup.wire.status(of: snapshot.record, waits: snapshot.waits)
        }
        // An instance that has ended waits for nothing: its history need not be read for that.
        if !includeHistory, let record = try store.instance(instanceID), record.status.isTerminal, record.damage == nil
        {
            return setup.wire.status(of: record, waits: OpenWaits(of: record))
        }
        let place = HistoryPlace(question.historyFrom)
        guard let view = try store.view(of: instanceID, from: place.episode, bytes: Self.pageBytes) else { return nil }
        if let damage = view.record.damage {
            throw StorageError(.damagedRow, "The row is damaged: \(damage).", instance: view.record.key)
        }
        var status = setup.wire.status(of: view.record, waits: OpenWaits(of: view.record))
        if includeHistory { try addHistory(of: view, from: place, to: &status) }
        // The last page shows what the instance waits for, because it is about the latest moment.
        guard !view.record.status.isTerminal, status.historyNext == nil else { return status }
        // A caller that follows the history asks often, and has read it: it is not read again for nothing new.
        if includeHistory, place.episode > 0, view.episodes.isEmpty {
            status.omitted = ["openTasks"]
            return status
        }
        if let waits = try waits(of: view, bytes: Self.readBytes) {
            status.show(waits)
        } else {
            status.omitted = (status.omitted ?? []) + ["openTasks"]
        }
        return status
    }

    private func addHistory(of view: InstanceView, from place: HistoryPlace, to status: inout OrchestrationStatus)
        throws
    {
        var events: [Payload] = []
        var bytes = 0
        var isShortened = false
        for (index, episode) in view.episodes.enumerated() {
            let number = view.from + index
            for (offset, event) in try decode(episode, view.record).enumerated() {
                if number == place.episode, offset < place.event { continue }
                guard events.isEmpty || bytes < Self.pageBytes else {
                    status.history = events
                    status.historyNext = HistoryPlace(episode: number, event: offset).text
                    if isShortened { status.omitted = (status.omitted ?? []) + ["history"] }
                    return
                }
                var json = event.traced(view.record.trace).jsonObject
                if json.bytes.count > setup.configuration.payloadLimits.message / 2 {
                    json = event.withoutPayloads(bytes: json.bytes.count).jsonObject
                    isShortened = true
                }
                bytes += json.bytes.count
                events.append(json)
            }
        }
        status.history = events
        let end = HistoryPlace(episode: view.next, event: 0).text
        if view.hasMore { status.historyNext = end } else { status.historyEnd = end }
        if isShortened { status.omitted = (status.omitted ?? []) + ["history"] }
    }

    private static var payloads: [(String, WritableKeyPath<OrchestrationStatus, Payload?>)] {
        [("input", \.input), ("output", \.output), ("customStatus", \.customStatus)]
    }

    /// Leaves out the largest payloads until the answer can be sent.
    func fitting(_ status: OrchestrationStatus) -> OrchestrationStatus {
        var status = status
        let history = status.history?.reduce(0) { $0 + $1.bytes.count + 1 } ?? 0
        // This leaves room for everything else in a status.
        let room =
            setup.configuration.payloadLimits.message - min(256 << 10, setup.configuration.payloadLimits.message / 2)
        let parts = Self.payloads
        func size(_ path: WritableKeyPath<OrchestrationStatus, Payload?>) -> Int {
            status[keyPath: path]?.bytes.count ?? 0
        }
        while history + parts.reduce(0, { $0 + size($1.1) }) > room {
            guard let largest = parts.max(by: { size($0.1) < size($1.1) }), size(largest.1) > 0 else { break }
            status[keyPath: largest.1] = nil
            status.omitted = (status.omitted ?? []) + [largest.0]
        }
        return status
    }

    /// Leaves out payloads that are not JSON because of damage.
    private func readable(_ status: OrchestrationStatus) -> OrchestrationStatus {
        var status = status
        for (name, path) in Self.payloads {
            guard let payload = status[keyPath: path] else { continue }
            do {
                try JSONValidator.check(payload.bytes)
            } catch {
                status[keyPath: path] = nil
                status.omitted = (status.omitted ?? []) + [name]
            }
        }
        return status
    }

    // MARK: - The partition and the hub

    private func damagedRows() throws -> DamagedRowsReply {
        let found = try store.damagedRows(most: Self.mostDamagedRows)
        return DamagedRowsReply(
            counts: found.counts,
            rows: found.rows.map { row in
                .init(
                    table: row.table, key: row.key, instanceID: row.instanceID,
                    reason: String(row.reason.prefix(Self.reasonLength)), setAsideAt: row.setAsideAt)
            }, figures: setup.metrics.figures(at: setup.clock.now))
    }

    private var description: HubDescription {
        HubDescription(
            hub: setup.configuration.hub, partitionCount: setup.configuration.partitionCount,
            orchestrations: setup.functions.orchestrationNames,
            activities: Set(setup.functions.activityNames).union(setup.calledActivities.names).sorted(),
            version: Self.version,
            parked: setup.parked.all.map {
                .init(destination: $0.destination, reason: $0.reason, since: $0.since, rows: $0.rows)
            })
    }

    private static var version: String { "0.1.0" }

    // MARK: - Histories

    /// Returns what an instance waits for according to its row and its history; `nil` if the history is longer than may
    /// be read.
    func waits(of view: InstanceView, bytes: Int) throws -> OpenWaits? {
        var open = OpenTasks()
        var part = view
        if part.from > 0 {
            guard let first = try next(0, of: view.record) else { return nil }
            part = first
        }
        var left = bytes
        while true {
            for episode in part.episodes {
                for event in try decode(episode, view.record) { open.track(event) }
            }
            if part.next >= view.record.episodes {
                return open.waits(
                    of: view.record, heartbeat: { part.heartbeats[$0] ?? nil },
                    isDispatched: { part.heartbeats[$0] != nil })
            }
            left -= part.episodes.reduce(0) { $0 + $1.count }
            guard left > 0, !part.episodes.isEmpty, let more = try next(part.next, of: view.record) else { return nil }
            part = more
        }
    }

    private func next(_ episode: Int, of record: InstanceRecord) throws -> InstanceView? {
        guard
            let view = try store.view(of: record.instanceID, from: episode, bytes: Self.pageBytes),
            view.record.executionID == record.executionID
        else { return nil }
        return view
    }

    func decode(_ bytes: [UInt8], _ record: InstanceRecord) throws -> [HistoryEvent] {
        do {
            return try HistoryCodec.decode(bytes)
        } catch {
            throw StorageError(.damagedRow, "The history cannot be read: \(error)", instance: record.key)
        }
    }
}
