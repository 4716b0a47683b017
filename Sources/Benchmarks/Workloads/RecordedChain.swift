import Warren
import WarrenStorage

/// The history of an endless chain of activities, recorded as a host records it.
struct RecordedChain {
    private static let key: Int64 = 1
    private static let start = Timestamp(microseconds: 1_800_000_000_000_000)

    private var episodes: [[UInt8]] = []
    private var eventCount = 0
    /// The number of the activity that is open at the end.
    private var openTask = 0

    /// Runs the orchestrator until it has so many events.
    init(runner: LocalOrchestratorRunner, events: Int) {
        let session = runner.session(replaying: [])
        var happened: [HistoryEvent] = [
            .executionStarted(
                ExecutionStarted(
                    name: Functions.steps.name, instanceID: "chain", executionID: "chain",
                    input: Payload(json: "0")))
        ]
        while eventCount < events {
            var recorded = [HistoryEvent.orchestratorStarted(time(of: episodes.count))] + happened
            for action in session.advance(recorded).actions {
                if let event = action.recordedEvent { recorded.append(event) }
                if case .scheduleTask(let id, _, _, _) = action { openTask = id }
            }
            eventCount += recorded.count
            episodes.append(HistoryCodec.encode(recorded))
            happened = [.taskCompleted(id: openTask, result: Payload(json: String(episodes.count)))]
        }
        session.evict()
    }

    /// Puts the history into a store.
    func write(to store: SQLitePartitionStore) async throws {
        var commit = PartitionCommit()
        commit.instances = [
            InstanceWrite(
                .insert,
                InstanceRecord(
                    key: Self.key, instanceID: "chain", executionID: "chain", name: Functions.steps.name,
                    status: .running, createdAt: Self.start, lastUpdatedAt: Self.start, episodes: episodes.count))
        ]
        commit.history = episodes.enumerated().map { number, events in
            HistoryRow(instance: Self.key, generation: 0, episode: number, events: events)
        }
        let everything = commit
        try await withCheckedThrowingContinuation { continuation in
            store.commit(everything) { continuation.resume(with: $0) }
        }
    }

    /// Reads, decodes and replays it, then takes one more step.
    ///
    /// - Throws: `BenchError` when the instance does not go on where it was.
    func rebuild(from store: SQLitePartitionStore, _ runner: LocalOrchestratorRunner) throws {
        let rows = try store.history(of: Self.key, generation: 0)
        var history: [HistoryEvent] = []
        for row in rows { try HistoryCodec.decode(row, into: &history) }
        guard history.count == eventCount else {
            throw BenchError(.lost, "The store has \(history.count) of \(eventCount) events")
        }
        let session = runner.session(replaying: history)
        let outcome = session.advance([
            .orchestratorStarted(time(of: episodes.count)),
            .taskCompleted(id: openTask, result: Payload(json: String(episodes.count))),
        ])
        session.evict()
        guard case .scheduleTask(openTask + 1, Functions.step.name, _, _)? = outcome.actions.first,
            outcome.completion == nil
        else {
            throw BenchError(.wrong, "After its replay the instance asked for \(outcome.actions)")
        }
    }

    private func time(of episode: Int) -> Timestamp { Self.start.advanced(by: .milliseconds(episode)) }
}
