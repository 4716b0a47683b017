import Synchronization
import Warren
import WarrenPartition

/// Keeps the questions about histories that are answered once there are more events, or when their time is over.
///
/// They are in memory only and their messages are acknowledged: a watch that is lost with its host is asked again by its
/// caller. A partition that nobody watches pays one atomic read for each step.
final class HistoryWatches: Sendable {
    private struct Entry {
        var question: PartitionQuestion
        var end: ContinuousClock.Instant
    }

    /// Gets the questions to look at again, and whether their time is over.
    typealias Handler = @Sendable (_ questions: [PartitionQuestion], _ isOver: Bool) -> Void

    private struct State {
        var entries: [UInt64: Entry] = [:]
        /// The numbers of the entries by the key of their instance.
        var numbers: [Int64: [UInt64]] = [:]
        var last: UInt64 = 0
        var alarm: (any HostAlarm)?
        var handler: Handler?
        var isClosed = false
    }

    /// The maximum number of questions that are kept; further ones are answered at once.
    static let most = 1000

    private let state = Mutex(State())
    private let count = Atomic<Int>(0)

    /// Sets the handler of questions that need not wait any longer, before the first one is added.
    func handle(by handler: @escaping Handler) {
        state.withLock { $0.handler = handler }
    }

    /// Keeps a question until the instance changes or its time is over.
    ///
    /// The caller looks at the instance once more after this: it may have changed before.
    ///
    /// - Returns: a number for ``take(_:)``; `nil` if it cannot be kept.
    func add(_ question: PartitionQuestion, of instance: Int64, until end: ContinuousClock.Instant) -> UInt64? {
        let number = state.withLock { state -> UInt64? in
            guard !state.isClosed, state.entries.count < Self.most else { return nil }
            state.last += 1
            state.entries[state.last] = Entry(question: question, end: end)
            state.numbers[instance, default: []].append(state.last)
            count.store(state.entries.count, ordering: .sequentiallyConsistent)
            return state.last
        }
        if number != nil { setAlarm() }
        return number
    }

    /// Removes a question that is answered by the caller. Its instance may have changed meanwhile.
    ///
    /// - Returns: whether it was there: otherwise it is answered already.
    func take(_ number: UInt64) -> Bool {
        state.withLock { state in
            guard state.entries.removeValue(forKey: number) != nil else { return false }
            removeNumbers(&state) { $0 == number }
            return true
        }
    }

    /// Handles that a step became durable. Called on the store's thread.
    func changed(_ memory: StepMemory) {
        guard count.load(ordering: .sequentiallyConsistent) > 0 else { return }
        let (questions, handler) = state.withLock { state -> ([PartitionQuestion], Handler?) in
            guard !state.numbers.isEmpty else { return ([], nil) }
            var found: [PartitionQuestion] = []
            for key in memory.instances.union(memory.purged) {
                for number in state.numbers.removeValue(forKey: key) ?? [] {
                    if let entry = state.entries.removeValue(forKey: number) { found.append(entry.question) }
                }
            }
            count.store(state.entries.count, ordering: .sequentiallyConsistent)
            return (found, state.handler)
        }
        if !questions.isEmpty { handler?(questions, false) }
    }

    /// Ends all watches, now and later.
    ///
    /// - Returns: the questions, which the caller refuses.
    func close() -> [PartitionQuestion] {
        let (questions, alarm) = state.withLock { state in
            let questions = state.entries.sorted { $0.key < $1.key }.map(\.value.question)
            state.entries = [:]
            state.numbers = [:]
            state.isClosed = true
            count.store(0, ordering: .sequentiallyConsistent)
            return (questions, state.alarm.take())
        }
        alarm?.set(to: nil)
        return questions
    }

    /// Sets the alarm to the earliest end. It goes by time that really passes, as the caller's patience does.
    private func setAlarm() {
        let next = state.withLock { state -> (alarm: any HostAlarm, pause: Duration)? in
            guard let end = state.entries.values.lazy.map(\.end).min() else { return nil }
            let alarm = state.alarm ?? SystemHostClock().makeAlarm { [weak self] in self?.expire() }
            state.alarm = alarm
            return (alarm, max(.zero, end - ContinuousClock.now))
        }
        next?.alarm.set(after: next?.pause ?? .zero)
    }

    private func expire() {
        let now = ContinuousClock.now
        let (questions, handler) = state.withLock { state -> ([PartitionQuestion], Handler?) in
            let over = state.entries.filter { $0.value.end <= now }
            for number in over.keys { state.entries[number] = nil }
            removeNumbers(&state) { over[$0] != nil }
            return (over.sorted { $0.key < $1.key }.map(\.value.question), state.handler)
        }
        if !questions.isEmpty { handler?(questions, true) }
        setAlarm()
    }

    private func removeNumbers(_ state: inout State, _ isGone: (UInt64) -> Bool) {
        for (key, numbers) in state.numbers {
            let left = numbers.filter { !isGone($0) }
            state.numbers[key] = left.isEmpty ? nil : left
        }
        count.store(state.entries.count, ordering: .sequentiallyConsistent)
    }
}
