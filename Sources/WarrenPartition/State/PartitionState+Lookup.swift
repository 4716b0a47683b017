import AMQPMessages
import Warren
import WarrenMessaging

/// Looks things up: first in memory, then among what a commit on its way removes, then in what was read. The order
/// matters, because what was read may be older than the effect of the open step.
extension PartitionState {
    private func fact(_ request: ReadRequest) throws(Unresolved) -> ReadAnswer {
        for fact in facts where fact.request == request {
            if case .damaged(let instance, let reason) = fact.answer {
                throw .damaged(instance: instance, reason: reason)
            }
            return fact.answer
        }
        throw .needs(request)
    }

    // MARK: - Instances

    /// The instance of that ID.
    mutating func instance(_ instanceID: String) throws(Unresolved) -> InstanceState? {
        if let instance = instances.instance(instanceID) { return instance }
        return try stored(.instance(instanceID)).map { insert($0) }
    }

    /// The instance of that key.
    mutating func instance(key: Int64) throws(Unresolved) -> InstanceState? {
        if let instance = instances.instance(key: key) { return instance }
        if purged.contains(key) { return nil }
        return try stored(.instanceByKey(key)).map { insert($0) }
    }

    /// The row of the instance of that ID, without making room for it in memory.
    func row(_ instanceID: String) throws(Unresolved) -> InstanceRecord? {
        if let instance = instances.peek(instanceID) { return instance.record }
        return try stored(.instance(instanceID))
    }

    /// The row of the instance of that key as it is in the store, damaged or not.
    func rowAsItIs(key: Int64) throws(Unresolved) -> InstanceRecord? {
        guard !purged.contains(key), case .instance(let record?) = try fact(.instanceByKey(key)) else { return nil }
        return record
    }

    private func stored(_ request: ReadRequest) throws(Unresolved) -> InstanceRecord? {
        guard case .instance(let record?) = try fact(request), !purged.contains(record.key) else { return nil }
        guard let damage = record.damage else { return record }
        throw .damaged(
            instance: record.key, reason: "The row of instance '\(record.instanceID)' is damaged: \(damage).")
    }

    @discardableResult
    mutating func insert(_ record: InstanceRecord) -> InstanceState {
        let instance = InstanceState(record: record, isStored: true)
        instances.insert(instance)
        return instance
    }

    /// Finds an instance that is ready to take an answer, if the answer is for its present execution and it can still
    /// take one.
    ///
    /// - Parameter isToBeRun: whether the answer makes its orchestrator run.
    mutating func openInstance(
        _ instanceID: String, execution: String, isToBeRun: Bool
    ) throws(Unresolved) -> InstanceState? {
        guard let instance = try instance(instanceID), instance.record.executionID == execution,
            !instance.record.status.isTerminal
        else { return nil }
        if isToBeRun { try requireIdle(instance) }
        try loadTasks(of: instance, isToBeRun: isToBeRun)
        return instance
    }

    // MARK: - Histories

    /// Returns the whole history of the instance's present execution. A command that needs it waits until no part of it
    /// is on its way, and no executor has an episode.
    func wholeHistory(of instance: InstanceState) throws(Unresolved) -> [HistoryEvent] {
        try requireIdle(instance)
        guard instance.isHistoryStored else { throw .unstored(instance.record.key) }
        return try events(of: instance)
    }

    /// Makes sure that the instance's open tasks are those of its history.
    ///
    /// - Parameter isToBeRun: whether the history is kept for its orchestrator, which is likely to be replayed in the
    ///   same step. A command that does not make it run after all drops the history: `InstanceState.unplayed`.
    func loadTasks(of instance: InstanceState, isToBeRun: Bool = false) throws(Unresolved) {
        guard !instance.isLoaded else { return }
        let history = try events(of: instance)
        for event in history { instance.open.track(event) }
        instance.isLoaded = true
        if isToBeRun, instance.session == nil { instance.unplayed = history }
    }

    /// Returns the history of the instance's present execution, to the extent that it is in the store, or was written
    /// while the code was not in memory.
    func events(of instance: InstanceState) throws(Unresolved) -> [HistoryEvent] {
        guard instance.record.episodes > 0 else { return [] }
        var events: [HistoryEvent] = []
        let stored = try episodes(of: instance.record)
        for episode in stored { try Self.decode(episode, of: instance.record, into: &events) }
        for row in instance.unrunRows where row.episode >= stored.count { events += row.events }
        return events
    }

    /// Returns the episodes of the present generation, as they are in the store.
    func episodes(of record: InstanceRecord) throws(Unresolved) -> [[UInt8]] {
        guard case .history(let episodes) = try fact(.history(instance: record.key, generation: record.generation))
        else { return [] }
        return episodes
    }

    static func decode(_ episode: [UInt8], of record: InstanceRecord) throws(Unresolved) -> [HistoryEvent] {
        var events: [HistoryEvent] = []
        try decode(episode, of: record, into: &events)
        return events
    }

    private static func decode(
        _ episode: [UInt8], of record: InstanceRecord, into events: inout [HistoryEvent]
    ) throws(Unresolved) {
        do {
            try HistoryCodec.decode(episode, into: &events)
        } catch {
            throw .damaged(instance: record.key, reason: "The history cannot be read: \(error)")
        }
    }

    /// Returns the sub-orchestrations of the present generation, each with the instance as its parent.
    func children(of instance: InstanceState) throws(Unresolved) -> [(id: String, parent: ParentInstance)] {
        let record = instance.record
        var calls = instance.open.children
        if !instance.isLoaded {
            for episode in try episodes(of: record) {
                for case .subOrchestrationCreated(let id, _, let child, _, _) in try Self.decode(episode, of: record) {
                    calls.append((id, child))
                }
            }
        }
        return calls.map { taskID, id in
            let parent = ParentInstance(
                name: record.name, instanceID: record.instanceID, executionID: record.executionID, taskID: taskID)
            return (id, parent)
        }
    }

    // MARK: - Messages

    /// Returns what is known under a message's key.
    func prior(_ context: CommandContext) throws(Unresolved) -> PriorMessage {
        guard let key = context.messageKey else { return .none }
        let entry: InboxEntry
        if let recent = inbox[key] {
            entry = recent
        } else if case .inbox(let stored?) = try fact(.inbox(key)) {
            entry = stored
        } else {
            return .none
        }
        guard entry.bodyHash == context.bodyHash else { return .other }
        return entry.instanceID.isEmpty ? .refused : .same(instanceID: entry.instanceID)
    }

    /// Whether a call of a sub-orchestration was taken before, though no row records it any more.
    func wasTaken(_ call: ParentInstance?) throws(Unresolved) -> Bool {
        guard let call else { return false }
        if case .none = try prior(CommandContext(call: call)) { return false }
        return true
    }

    /// Returns the content of a held message.
    func content(of entry: HeldEntry, _ frame: Frame) throws(Unresolved) -> HeldContent {
        let body: [UInt8]
        if let inMemory = held.body(entry.id) {
            body = inMemory
        } else {
            do {
                guard case .held(let stored?) = try fact(.held(entry.id)) else {
                    return .unreadable("Held message \(entry.id) is missing.")
                }
                body = stored
            } catch .damaged(_, let reason) {
                return .unreadable(reason)
            }
        }
        do {
            let (command, source) = try frame.wire.decodeHeld(body)
            return .readable(command, source)
        } catch {
            return .unreadable("Held message \(entry.id) cannot be read: \(error)")
        }
    }

    // MARK: - Waiters and pages

    /// Makes sure that all callers that wait for the instance's end are known. Those that cannot be read get no answer,
    /// and that is reported.
    func loadWaiters(of instance: InstanceState, _ frame: Frame) throws(Unresolved) {
        let inRow = frame.rules.waiters.inRow
        guard instance.laterWaiters == nil, instance.record.waiters.count >= inRow, instance.waiters.count >= inRow
        else { return }
        do {
            guard case .waiters(let rows) = try fact(.waiters(instance.record.key)) else { return }
            instance.laterWaiters = Set(rows.flatMap { WaiterCodec.decode($0) })
        } catch .damaged(_, let reason) {
            instance.laterWaiters = []
            instance.unreadableWaiters = reason
        }
    }

    func page(_ query: InstanceQuery, bytes: Int) throws(Unresolved) -> RecordPage {
        guard case .page(let page) = try fact(.summaries(query, bytes: bytes)) else { return RecordPage() }
        return page
    }
}

/// The result of reading a message that was kept.
enum HeldContent {
    case readable(Command, InboundMessage?)
    case unreadable(String)
}

/// The subjects that held messages wait for.
enum HeldSubject {
    static let orchestrationPrefix = "orchestration:"

    /// A host that runs a version of an orchestration; a name has no `@`.
    static func orchestration(_ name: String, version: String?) -> String {
        orchestrationPrefix + name + (version.map { "@" + $0 } ?? "")
    }

    /// The orchestration and the version that a subject waits for; `nil` for another subject.
    static func orchestration(of subject: String) -> (name: String, version: String?)? {
        guard subject.hasPrefix(orchestrationPrefix) else { return nil }
        let parts = subject.dropFirst(orchestrationPrefix.count).split(
            separator: "@", maxSplits: 1, omittingEmptySubsequences: false)
        return (String(parts.first ?? ""), parts.count > 1 ? parts.last.map(String.init) : nil)
    }
    /// The existence of an instance.
    static func instance(_ instanceID: String) -> String { "instance:" + instanceID }
    /// The beginning of an instance.
    static func start(of instanceID: String) -> String { "started:" + instanceID }
}
