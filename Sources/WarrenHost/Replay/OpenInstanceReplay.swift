import Warren
import WarrenPartition
import WarrenStorage

/// Replays the open instances of a partition, and finds those that do not agree with the code of this program.
struct OpenInstanceReplay: Sendable {
    /// An instance that does not agree, as it was when it was read.
    struct Disagreement: Sendable {
        var record: InstanceRecord
        var report: FailureDetails

        /// The command that parks it.
        var parking: ParkInstance {
            ParkInstance(
                instance: record.key, generation: record.generation, episodes: record.episodes, report: report.message)
        }
    }

    /// What was found.
    struct Finding: Sendable {
        /// The number of instances that were replayed.
        var replayed = 0
        /// The instances that do not agree, at most ``OpenInstanceReplay/mostKept``.
        var disagreements: [Disagreement] = []
        /// The number of further ones. They are noticed when something arrives for them.
        var further = 0

        mutating func add(_ other: Finding) {
            replayed += other.replayed
            for disagreement in other.disagreements { add(disagreement) }
            further += other.further
        }

        mutating func add(_ disagreement: Disagreement) {
            guard disagreements.count < OpenInstanceReplay.mostKept else {
                further += 1
                return
            }
            disagreements.append(disagreement)
        }
    }

    /// The number of instances that are kept by name.
    static let mostKept = 10_000

    private let functions: FunctionRegistry
    private let tester: ReplayTester

    /// Gets large payloads by their references, in a hub that has a payload folder.
    private let payloads: EpisodePayloads?

    init(functions: FunctionRegistry, payloads: EpisodePayloads? = nil) {
        self.functions = functions
        self.payloads = payloads
        tester = ReplayTester(functions: functions)
    }

    /// Replays what is open in a partition. Instances that are parked already are left out, and so are those that cannot be
    /// read, or that no code is registered for: others find these.
    func finding(in store: any PartitionStore) throws -> Finding {
        var finding = Finding()
        var query = InstanceQuery(statuses: RuntimeStatus.allCases.filter { !$0.isTerminal }, limit: 16)
        repeat {
            let page = try store.list(query)
            for record in page.instances where isToBeReplayed(record) {
                guard let history = try history(of: record, in: store) else { continue }
                finding.replayed += 1
                guard let report = tester.fault(in: history), report.type != FailureDetails.FaultType.notRegistered
                else { continue }
                var record = record
                record.input = .null
                finding.add(Disagreement(record: record, report: report))
            }
            query.after = page.next
        } while query.after != nil
        return finding
    }

    private func isToBeReplayed(_ record: InstanceRecord) -> Bool {
        record.damage == nil && record.episodes > 0 && functions.runs(orchestration: record.name)
            && record.condition.suspension?.cause != .nonDeterminism
    }

    private func history(of record: InstanceRecord, in store: any PartitionStore) throws -> [HistoryEvent]? {
        var events: [HistoryEvent] = []
        var next = 0
        while true {
            guard let view = try store.view(of: record.instanceID, from: next, bytes: 4 << 20),
                view.record.executionID == record.executionID
            else { return nil }
            do {
                for episode in view.episodes { events += try HistoryCodec.decode(episode) }
            } catch {
                // The partition fails it as damaged when it is read there.
                return nil
            }
            guard view.hasMore, !view.episodes.isEmpty else {
                return try payloads?.claim(events, of: record.instanceID) ?? events
            }
            next = view.next
        }
    }
}
