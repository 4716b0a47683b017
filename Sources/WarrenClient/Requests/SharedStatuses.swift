import Synchronization
package import Warren
import WarrenMessaging
import WarrenSupport

/// Asks for the statuses of instances on behalf of many callers at a time: those that come while a question to a partition
/// is under way are asked for together by the next one.
///
/// A question is always published after its callers came, so each of them sees every effect that was accepted before. One
/// message in each direction carries up to 256 statuses, where each would need two messages, a reading of the queue and an
/// acknowledgement of its own. A caller alone is answered by the plain question, at once.
///
/// Callers that poll come back together, when their answers have come together. If the first of them asked at once, it
/// would ask alone, and the others would wait for its answer as well as for their own. So where the last question had
/// several callers, the next one is held back for a moment in which others come, and those that miss it have another one
/// soon.
///
/// There is no task: of the callers that wait, the first one asks for all. If it is cancelled, the others ask anew.
final class SharedStatuses: Sendable {
    /// What becomes of a caller that waits.
    private enum Turn: Sendable {
        /// It asks for these instances, its own among them.
        case ask([String])
        /// It waits for others to come, and then asks for all of them.
        case gather
        case answered(Answer)
        /// The one who asked was cancelled.
        case askAgain
    }

    private enum Answer: Sendable {
        case entry(StatusesCodec.Entry)
        case failure(ClientError)
    }

    private struct Caller {
        var number: UInt64
        var id: String
        var turn: OneShot<Result<Turn, any Error>>
    }

    private struct Partition {
        /// The number of questions that are under way. The slower the hub is, the more callers the next one has, and the
        /// fewer messages there are.
        var underWay = 0
        /// The caller that waits for others to come.
        var gatherer: UInt64?
        /// The number of callers of the last question.
        var lastCount = 0
        var waiting: [Caller] = []

        /// Whether callers come in crowds.
        var isBusy: Bool { lastCount > 1 }
        /// The callers that a question under way is asked for, by the caller that asks.
        var asked: [UInt64: [Caller]] = [:]
    }

    private struct State {
        var partitions: [Int: Partition] = [:]
        var last: UInt64 = 0
        /// Whether a host has said that it does not know the question for several instances.
        var isUnknown = false
        /// The number of callers at present that do not know the number of partitions.
        var beginners = 0
    }

    /// The number of callers that wait for one partition; further ones ask alone.
    private static let mostWaiting = 10_000

    /// The time in which others may come.
    private static let gathering: Duration = .milliseconds(2)
    /// The number of questions that may be under way to a partition with crowds of callers.
    private static let mostUnderWay = 4

    private let state = Mutex(State())

    /// The number of callers that wait for a question to begin.
    var waiting: Int { state.withLock { $0.partitions.values.reduce(0) { $0 + $1.waiting.count } } }

    /// Notes a caller that does not know the number of partitions, and returns whether it is the only one.
    func beginAlone() -> Bool {
        state.withLock { state in
            state.beginners += 1
            return state.beginners == 1
        }
    }

    func endAlone() { state.withLock { $0.beginners -= 1 } }

    /// The status of an instance; `nil` if there is none.
    func status(of id: String, in partition: Int, _ client: TaskHubClient) async throws -> OrchestrationStatus? {
        while true {
            guard let caller = enter(id, partition) else { return try await client.part(of: id, false, from: nil, nil) }
            let turn: Turn
            do {
                turn = try await caller.turn.answer()
            } catch {
                leave(caller, partition)
                throw error
            }
            let answer: Answer
            switch turn {
            case .askAgain:
                try Task.checkCancellation()
                continue
            case .answered(let found): answer = found
            case .ask(let ids): answer = try await ask(for: ids, as: caller, partition, client)
            case .gather:
                let ids = try await gather(as: caller, partition)
                answer = try await ask(for: ids, as: caller, partition, client)
            }
            switch answer {
            case .failure(let error): throw error
            case .entry(.status(let status)): return try await client.whole(status)
            case .entry(.unknown): return nil
            case .entry(.askAlone): return try await client.part(of: id, false, from: nil, nil)
            }
        }
    }

    /// Adds a caller; `nil` if it asks alone.
    private func enter(_ id: String, _ partition: Int) -> Caller? {
        let (caller, first) = state.withLock { state -> (Caller?, Choice?) in
            guard !state.isUnknown else { return (nil, nil) }
            guard state.partitions[partition]?.waiting.count ?? 0 < Self.mostWaiting else { return (nil, nil) }
            state.last += 1
            let caller = Caller(number: state.last, id: id, turn: OneShot())
            state.partitions[partition, default: Partition()].waiting.append(caller)
            return (caller, Self.next(&state, partition))
        }
        first?.tell()
        return caller
    }

    /// Waits for others to come.
    ///
    /// - Returns: the instances to ask for.
    /// - Throws: `CancellationError`; another caller waits then in its place.
    private func gather(as caller: Caller, _ partition: Int) async throws -> [String] {
        do {
            try await Task.sleep(for: Self.gathering)
        } catch {
            leave(caller, partition)
            throw error
        }
        let (ids, next) = state.withLock { state -> ([String], Choice?) in
            state.partitions[partition]?.gatherer = nil
            let ids = Self.take(&state, partition)?.ids ?? [caller.id]
            return (ids, Self.next(&state, partition))
        }
        next?.tell()
        return ids
    }

    /// Removes a caller that was cancelled.
    private func leave(_ caller: Caller, _ partition: Int) {
        let (others, next) = state.withLock { state -> ([Caller]?, Choice?) in
            state.partitions[partition]?.waiting.removeAll { $0.number == caller.number }
            if state.partitions[partition]?.gatherer == caller.number {
                state.partitions[partition]?.gatherer = nil
                return (nil, Self.next(&state, partition))
            }
            // It had been chosen to ask, and did not come to it.
            return (state.partitions[partition]?.asked.removeValue(forKey: caller.number), nil)
        }
        next?.tell()
        guard let others else { return }
        end(partition)
        for other in others { other.turn.fulfil(.success(.askAgain)) }
    }

    /// Asks for several instances, tells the other callers, and lets the next one ask.
    private func ask(
        for ids: [String], as caller: Caller, _ partition: Int, _ client: TaskHubClient
    ) async throws -> Answer {
        let result: Result<[String: StatusesCodec.Entry], any Error>
        do {
            result = .success(try await client.statuses(of: ids, in: partition))
        } catch {
            result = .failure(error)
        }
        let others = state.withLock { state in
            if case .failure(let error as ClientError) = result, error.reason == Refusal.Reason.unknownVerb.rawValue {
                state.isUnknown = true
            }
            return state.partitions[partition]?.asked.removeValue(forKey: caller.number) ?? []
        }
        end(partition)
        func turn(of id: String) -> Turn {
            switch result {
            case .success(let entries): .answered(.entry(entries[id] ?? .askAlone))
            case .failure(let error as ClientError):
                // The next attempt is alone.
                if error.reason == Refusal.Reason.unknownVerb.rawValue {
                    .answered(.entry(.askAlone))
                } else {
                    .answered(.failure(error))
                }
            case .failure: .askAgain
            }
        }
        for other in others { other.turn.fulfil(.success(turn(of: other.id))) }
        guard case .answered(let answer) = turn(of: caller.id) else {
            _ = try result.get()
            throw CancellationError()
        }
        return answer
    }

    /// Ends a question, and begins the next one if callers wait for it.
    private func end(_ partition: Int) {
        let first = state.withLock { state -> Choice? in
            state.partitions[partition]?.underWay -= 1
            return Self.next(&state, partition)
        }
        first?.tell()
    }

    /// A caller that is chosen to ask, and the instances; `nil` if it waits for others to come.
    private struct Choice {
        var caller: Caller
        var ids: [String]?

        func tell() { caller.turn.fulfil(.success(ids.map { .ask($0) } ?? .gather)) }
    }

    /// Chooses the caller that asks next, if a question may begin.
    private static func next(_ state: inout State, _ number: Int) -> Choice? {
        guard let partition = state.partitions[number], partition.gatherer == nil,
            partition.underWay < (partition.isBusy ? mostUnderWay : 1), let first = partition.waiting.first
        else { return nil }
        guard partition.isBusy else { return take(&state, number) }
        state.partitions[number]?.gatherer = first.number
        return Choice(caller: first, ids: nil)
    }

    /// Takes the callers of the next question; the first one asks.
    private static func take(_ state: inout State, _ number: Int) -> Choice? {
        guard var partition = state.partitions[number], let first = partition.waiting.first else { return nil }
        var ids: Set<String> = []
        var callers: [Caller] = []
        for caller in partition.waiting {
            guard ids.contains(caller.id) || ids.count < StatusesCodec.most else { break }
            ids.insert(caller.id)
            callers.append(caller)
        }
        partition.waiting.removeFirst(callers.count)
        partition.underWay += 1
        partition.lastCount = callers.count
        partition.asked[first.number] = Array(callers.dropFirst())
        state.partitions[number] = partition
        return Choice(caller: first, ids: Array(ids))
    }
}

extension TaskHubClient {
    /// The status of an instance, asked for together with those of other callers at the same time.
    ///
    /// It is as fresh as that of ``status(of:includeHistory:timeout:)``: every effect that was accepted before the call is
    /// in it. For servers with many callers.
    package func sharedStatus(of id: String) async throws -> OrchestrationStatus? {
        try check(instanceID: id)
        let count: Int
        if let known = knownPartitionCount {
            count = known
        } else {
            // A caller alone has no use for the number of partitions, which costs a question.
            let isAlone = shared.beginAlone()
            defer { shared.endAlone() }
            guard !isAlone else { return try await part(of: id, false, from: nil, nil) }
            count = try await partitionCount()
        }
        return try await shared.status(of: id, in: Partitioning.partition(of: id, count: count), self)
    }

    /// What a partition says of several of its instances, by ID.
    fileprivate func statuses(of ids: [String], in partition: Int) async throws -> [String: StatusesCodec.Entry] {
        if ids.count == 1, let id = ids.first {
            return [id: try await part(of: id, false, from: nil, nil).map { .status($0) } ?? .unknown]
        }
        let request = RequestIDs.random()
        let question = messages.query(.statuses(instanceIDs: ids), partition: partition, ids: request)
        let entries = try await ask(.status, question, request).statuses(count: ids.count)
        return Dictionary(zip(ids, entries)) { first, _ in first }
    }
}
