package import Warren

/// The part of a history from which an execution goes on, and what happens again.
///
/// A history is kept by whole episodes: an episode's actions follow from its events, so an episode that is not kept
/// whole is run again. Its events happen again, in their order, and the code asks anew for what it asked for then, or
/// for something else if it was changed since.
package struct HistoryCut: Sendable {
    /// The episodes that are kept, without failed results that are taken out.
    package var kept: [[HistoryEvent]]
    /// The events after them that happen again, in order.
    package var again: [HistoryEvent]
    /// The calls with failed results that are taken out: their numbers.
    package var retaken: Set<Int> = []
    /// The sub-orchestrations that were called in what is not kept.
    package var forgotten: [(taskID: Int, instanceID: String)]

    /// The episodes of a history, whole or not: whatever its rows are, an episode begins with its time.
    static func episodes(_ history: [HistoryEvent]) -> [[HistoryEvent]] {
        var episodes: [[HistoryEvent]] = []
        for event in history {
            if episodes.isEmpty || event.isBeginning { episodes.append([]) }
            episodes[episodes.count - 1].append(event)
        }
        return episodes
    }

    private init(_ episodes: [[HistoryEvent]], keeping count: Int, again: [HistoryEvent]) {
        kept = episodes.prefix(count).map { $0.filter { !$0.isEnd } }
        self.again = again
        forgotten = episodes.dropFirst(count).flatMap { $0 }.compactMap { event in
            if case .subOrchestrationCreated(let id, _, let instanceID, _, _) = event { (id, instanceID) } else { nil }
        }
    }

    // MARK: - Rewinding

    /// Cuts the history of an execution that failed so that it can succeed.
    ///
    /// Everything up to the last action that the code asked for is kept; what happened after it happens again, without
    /// the failed results. If nothing happened after it, and nothing is open, the last episode is run again. A failed result before it is
    /// taken out if the code, replayed without it, asks for the same: then nothing that is kept depends on it. One that
    /// the code answered, with a retry, another call or a compensation, stays.
    ///
    /// - Parameter follows: whether the code asks for what a history records.
    package static func rewinding(_ history: [HistoryEvent], follows: ([HistoryEvent]) -> Bool) -> HistoryCut {
        let episodes = Self.episodes(history)
        let lastAsking = episodes.lastIndex { $0.contains { $0.actionID != nil } }
        var cut = HistoryCut(episodes, keeping: lastAsking.map { $0 + 1 } ?? 0, again: [])
        let later = episodes.dropFirst(cut.kept.count).flatMap { $0 }.filter(\.canHappen)
        cut.again = later.filter { $0.failedID == nil }
        cut.retaken = Set(later.compactMap(\.failedID))
        cut.takeOutEarlier(follows)
        // A failure of the code itself, with nothing under way that could lead elsewhere.
        if later.isEmpty, cut.retaken.isEmpty, let lastAsking, history.last?.isFailure == true, cut.open.tasks.isEmpty {
            cut = HistoryCut(episodes, keeping: lastAsking, again: episodes[lastAsking].filter(\.canHappen))
        }
        return cut
    }

    /// The number of failed results that are tried one by one: each trial is a replay.
    private static let mostTrials = 16

    /// Takes out failed results among the kept episodes that nothing depends on.
    private mutating func takeOutEarlier(_ follows: ([HistoryEvent]) -> Bool) {
        let failed = kept.joined().compactMap(\.failedID)
        guard !failed.isEmpty else { return }
        // 1. All of them, as after a fan-out of independent calls.
        // 2. Those of episodes in which the code asked for nothing: it did not answer them at once.
        let unanswered = kept.filter { !$0.contains { $0.actionID != nil } }.joined().compactMap(\.failedID)
        var taken: Set<Int> = []
        for candidates in [failed, unanswered] where taken.isEmpty && !candidates.isEmpty {
            if follows(without(Set(candidates))) { taken = Set(candidates) }
        }
        // 3. Single ones, the latest first.
        let rest = failed.reversed().filter { !taken.contains($0) }
        for id in rest.prefix(Self.mostTrials) where follows(without(taken.union([id]))) { taken.insert(id) }
        kept = kept.map { $0.filter { event in event.failedID.map { !taken.contains($0) } ?? true } }
        retaken.formUnion(taken)
    }

    private func without(_ ids: Set<Int>) -> [HistoryEvent] {
        kept.joined().filter { event in event.failedID.map { !ids.contains($0) } ?? true }
    }

    // MARK: - Resetting

    /// Cuts the history before an event.
    ///
    /// The episode of that event is run again, with its events before that one.
    ///
    /// - Parameters:
    ///   - number: the event's number; the first event has number 1.
    ///   - dropsEvents: whether external events from there on are forgotten, too; otherwise they happen again.
    /// - Returns: `nil` if the history has no event of that number.
    package static func before(_ number: Int, _ history: [HistoryEvent], dropsEvents: Bool) -> HistoryCut? {
        guard (1...max(1, history.count)).contains(number), !history.isEmpty else { return nil }
        let episodes = Self.episodes(history)
        var first = 0
        var index = 0
        while first + episodes[index].count < number {
            first += episodes[index].count
            index += 1
        }
        var again = episodes[index].prefix(number - 1 - first).filter(\.canHappen)
        if !dropsEvents {
            // An entity's answer to a request that is not kept would be taken for that to another one.
            let asked = Set(episodes.prefix(index).joined().compactMap(\.actionID))
            again += history.dropFirst(number - 1).filter { event in
                // An update took effect, and its caller knows that.
                if event.isUpdate { return true }
                guard case .eventRaised(let name, _, _) = event else { return false }
                return EntityAnswer.number(name).map { asked.contains($0) } ?? true
            }
        }
        return HistoryCut(episodes, keeping: index, again: Array(again))
    }

    // MARK: - What is kept

    /// Whether the execution would go on with a request to an entity that is not answered, or with a lock: those belong to
    /// the former execution.
    package var holdsEntities: Bool {
        var tasks = open.tasks
        for event in again { tasks.track(event) }
        return tasks.entities.map { !$0.isEmpty } ?? false
    }

    /// Whether the kept history has the beginning of the execution.
    package var hasBegun: Bool { kept.joined().contains(where: \.isStart) }

    /// A call of a sub-orchestration.
    package struct Call: Sendable, Hashable {
        package var name: String
        package var instanceID: String
        package var input: Payload
        package var version: String?
    }

    /// The calls and timers that are open where the execution goes on, and the calls of sub-orchestrations among them.
    package var open: (tasks: OpenTasks, calls: [Int: Call]) {
        var tasks = OpenTasks()
        var calls: [Int: Call] = [:]
        for event in kept.joined() {
            tasks.track(event)
            if case .subOrchestrationCreated(let id, let name, let instanceID, let input, let version) = event {
                calls[id] = Call(name: name, instanceID: instanceID, input: input, version: version)
            }
        }
        return (tasks, calls)
    }

    /// The labels of the instance where the execution goes on: those with which it began, as the kept history changed
    /// them; `nil` if the history does not have its beginning.
    package var tags: [String: String]? {
        var tags: [String: String]?
        for event in kept.joined() {
            switch event {
            case .executionStarted(let facts): tags = facts.tags
            case .tagSet(let name, let value): tags?[name] = value
            default: break
            }
        }
        for case .executionStarted(let facts) in again { tags = facts.tags }
        return tags
    }

    /// Whether the instance is suspended when all of that has happened.
    package var isSuspended: Bool {
        var isSuspended = false
        for event in Array(kept.joined()) + again {
            switch event {
            case .executionSuspended: isSuspended = true
            case .executionResumed: isSuspended = false
            default: break
            }
        }
        return isSuspended
    }
}

extension HistoryEvent {
    /// Whether the event is the first of an episode.
    var isBeginning: Bool { if case .orchestratorStarted = self { true } else { false } }

    fileprivate var isStart: Bool { if case .executionStarted = self { true } else { false } }

    fileprivate var isEnd: Bool {
        switch self {
        case .executionCompleted, .executionTerminated, .continuedAsNew: true
        default: false
        }
    }

    fileprivate var isFailure: Bool { if case .executionCompleted(.failed, _, _) = self { true } else { false } }

    /// Whether the event can be given to the code once more.
    fileprivate var canHappen: Bool {
        switch self {
        case .executionRewound, .patchMarked, .taskCanceled, .updateCompleted, .tagSet: return false
        default: break
        }
        return actionID == nil && !isBeginning && !isEnd
    }

    /// The number of the call that failed by this event.
    fileprivate var failedID: Int? {
        switch self {
        case .taskFailed(let id, _), .subOrchestrationFailed(let id, _): id
        default: nil
        }
    }
}
