import Synchronization
import Warren
import WarrenPartition
import WarrenStorage

/// Records which operations of entities run in this process, in case it dies over one.
///
/// Operations run beside the partitions' loops, many at the same time, so that a death says little of which one caused it.
/// So an operation is blamed only for a death while no other operation had run beside it, and if the last process died while
/// operations ran, this one runs them one at a time until it has lived for a while. A death while a partition was at work is
/// weaker evidence: see ``SuspectList/verdict(onOperation:culprit:)``.
final class OperationGuard: Sendable {
    /// A running operation.
    struct Run: Sendable {
        fileprivate var mark: FlightRecord.Mark
        /// The place of its mark; `nil` if all were taken.
        fileprivate var place: Int?
        fileprivate var isInTurn: Bool
    }

    private struct State {
        var free = Array((0..<FlightRecord.operationsAtOnce).reversed())
        var running = 0
        /// The running operation, if it runs alone and its mark says so.
        var alone: (place: Int, mark: FlightRecord.Mark)?
        var isCareful: Bool
        /// Whether the process ends because it was asked to: what runs then is not the cause of its end.
        var isOver = false
    }

    private static let prefix = "@operation:"
    /// The time after which a suspicion is dropped: what kills less than once a day is no crash loop.
    private static let memory = Duration.seconds(86_400)

    private let record: FlightRecord
    private let start: Timestamp
    private let state: Mutex<State>
    /// One place: the turn of an operation while operations run one at a time.
    private let turns = Limiter(1)

    /// - Parameters:
    ///   - isCareful: whether the last process died while operations ran.
    ///   - start: the beginning of the process.
    init(_ record: FlightRecord, isCareful: Bool, start: Timestamp) {
        self.record = record
        self.start = start
        state = Mutex(State(isCareful: isCareful))
    }

    /// The subject under which an entity's operations are suspected. Messages for the entity are not meant by it.
    static func subject(_ entity: EntityID) -> String { prefix + entity.instanceID }

    static func isOperation(_ subject: String) -> Bool { subject.hasPrefix(prefix) }

    /// The instance ID of the entity that a subject is about.
    static func entity(of subject: String) -> Substring { subject.dropFirst(prefix.count) }

    static func isOld(_ suspect: FlightRecord.Suspect, now: Timestamp) -> Bool {
        isOperation(suspect.subject) && now.duration(since: suspect.firstSeen) > memory
    }

    /// The number by which an operation is known in all processes; never 0. Numbers of requests are given once for each
    /// partition, and the subject names the entity.
    static func culprit(_ operation: QueuedOperation) -> UInt64 { UInt64(bitPattern: operation.id) &+ 1 }

    /// Notes that an operation is about to run, after waiting for its turn if they run one at a time. The caller follows
    /// every `begin` by one `end`.
    func begin(_ entity: EntityID, _ operation: QueuedOperation, now: Timestamp) async -> Run {
        let isInTurn = state.withLock { state in
            if state.isCareful, now.duration(since: start) > CrashLedger.probation { state.isCareful = false }
            return state.isCareful
        }
        if isInTurn { await turns.enter() }
        var run = Run(
            mark: FlightRecord.Mark(subject: Self.subject(entity), culprit: Self.culprit(operation)),
            isInTurn: isInTurn)
        state.withLock { state in
            state.running += 1
            if let other = state.alone {
                // Neither is alone any more.
                state.alone = nil
                var mark = other.mark
                mark.isAlone = false
                record.setOperation(mark, at: other.place)
            }
            run.mark.isAlone = state.running == 1
            guard !state.isOver, let place = state.free.popLast() else { return }
            run.place = place
            if run.mark.isAlone { state.alone = (place, run.mark) }
            record.setOperation(run.mark, at: place)
        }
        return run
    }

    /// Notes that the process ends in order: nothing is marked any more.
    func stop() {
        state.withLock { state in
            state.isOver = true
            state.alone = nil
            record.clearOperations()
        }
    }

    /// Notes that an operation has ended, however it did.
    func end(_ run: Run) {
        state.withLock { state in
            state.running -= 1
            guard let place = run.place else { return }
            if state.alone?.place == place { state.alone = nil }
            state.free.append(place)
            record.setOperation(nil, at: place)
        }
        if run.isInTurn { turns.leave() }
    }
}
