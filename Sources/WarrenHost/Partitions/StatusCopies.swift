import Synchronization
import Warren
import WarrenPartition

/// Keeps the statuses that were read last, each until its instance changes: callers that poll are answered from memory.
///
/// A step that becomes durable removes the copies of its instances before anybody is told of the step, so that a caller
/// that got "accepted" for a message never sees a copy from before it. A status that was read while a step became durable
/// is kept only if the step is not about its instance.
///
/// The bound is on memory, for all partitions of the host together (``StatusBudget``): copies in two generations, of which
/// the older one is dropped when the newer one is full. What is asked for again moves to the newer one. A partition of
/// which nobody reads pays one atomic read for each step.
final class StatusCopies: Sendable {
    private struct Entry {
        var copy: StatusCopy
        var key: Int64
        var cost: Int
    }

    private struct Generation {
        var entries: [String: Entry] = [:]
        var cost = 0
    }

    private struct State {
        var recent = Generation()
        var older = Generation()
        /// The IDs of the copies by the key of their instance.
        var ids: [Int64: String] = [:]
        /// The keys of the instances that changed during each reading that is under way. Those that run at the same time
        /// are few: their number is that of the threads that read.
        var readings: [UInt64: Set<Int64>] = [:]
        var last: UInt64 = 0

        var isUsed: Bool { !ids.isEmpty || !readings.isEmpty }
        var cost: Int { recent.cost + older.cost }
    }

    /// The maximum number of bytes of a status that is kept. Larger ones are rare, and would displace many others.
    private static let mostBytesOfOne = 64 << 10
    /// The bytes of a copy besides its payloads: its members, the text of its forms, and its places in the tables.
    private static let baseBytes = 2 << 10

    private let budget: StatusBudget
    private let state = Mutex(State())
    private let isUsed = Atomic(false)

    /// - Parameter budget: the bound that the partitions of a host share.
    init(_ budget: StatusBudget = StatusBudget()) {
        self.budget = budget
        budget.join(self)
    }

    deinit { budget.change(by: -state.withLock { $0.cost }) }

    /// The memory of the copies, in bytes.
    var cost: Int { state.withLock { $0.cost } }

    /// Drops the copies that were not asked for lately; if there are none of those, any half of the others.
    func shed() {
        changing { state in
            if state.older.entries.isEmpty {
                let entries = state.recent.entries
                for entry in entries.values.prefix((entries.count + 1) / 2) { Self.remove(entry.key, from: &state) }
            } else {
                for dropped in state.older.entries.values { state.ids[dropped.key] = nil }
                state.older = Generation()
            }
            isUsed.store(state.isUsed, ordering: .sequentiallyConsistent)
        }
    }

    /// Changes the copies, and tells the budget what that changes.
    private func changing<Result>(_ change: (inout State) -> Result) -> Result {
        state.withLock { state in
            let before = state.cost
            defer { if state.cost != before { budget.change(by: state.cost - before) } }
            return change(&state)
        }
    }

    /// The latest status of an instance, if it is kept.
    func copy(of instanceID: String) -> StatusCopy? {
        guard isUsed.load(ordering: .relaxed) else { return nil }
        return changing { state in
            if let entry = state.recent.entries[instanceID] { return entry.copy }
            guard let entry = state.older.entries.removeValue(forKey: instanceID) else { return nil }
            state.older.cost -= entry.cost
            add(entry, for: instanceID, to: &state)
            return entry.copy
        }
    }

    /// Notes that a status is about to be read.
    ///
    /// - Returns: the number of the reading, for ``end(_:_:)``.
    func begin() -> UInt64 {
        state.withLock { state in
            state.last += 1
            state.readings[state.last] = []
            // A step that does not see this was durable before the reading.
            isUsed.store(true, ordering: .sequentiallyConsistent)
            return state.last
        }
    }

    /// Ends a reading, and keeps what was read if that is still the latest.
    ///
    /// Of two readings of an instance at the same time nobody knows which one is newer: neither is kept, so that no caller
    /// sees an older status than the one before.
    ///
    /// - Parameters:
    ///   - copy: the status that was read, and the key of its instance; `nil` if there is nothing to keep.
    func end(_ reading: UInt64, _ copy: (copy: StatusCopy, key: Int64)?) {
        let cost = copy.map { Self.baseBytes + 3 * $0.copy.status.payloadBytes } ?? 0
        changing { state in
            let changed = state.readings.removeValue(forKey: reading)
            if let (copy, key) = copy, !Self.remove(key, from: &state), cost <= Self.mostBytesOfOne,
                changed?.contains(key) == false
            {
                add(Entry(copy: copy, key: key, cost: cost), for: copy.status.instanceID, to: &state)
            }
            isUsed.store(state.isUsed, ordering: .sequentiallyConsistent)
        }
        budget.makeRoom()
    }

    /// Handles that a step became durable, before its effects are released. Called on the store's thread.
    func changed(_ memory: StepMemory) {
        guard isUsed.load(ordering: .sequentiallyConsistent) else { return }
        changing { state in
            for key in memory.instances { Self.remove(key, from: &state) }
            for key in memory.purged + memory.leased { Self.remove(key, from: &state) }
            for reading in state.readings.keys {
                state.readings[reading]?.formUnion(memory.instances)
                state.readings[reading]?.formUnion(memory.purged + memory.leased)
            }
            isUsed.store(state.isUsed, ordering: .sequentiallyConsistent)
        }
    }

    private func add(_ entry: Entry, for instanceID: String, to state: inout State) {
        if state.recent.cost + entry.cost > budget.mostBytes / 2 { Self.turn(&state) }
        state.recent.entries[instanceID] = entry
        state.recent.cost += entry.cost
        state.ids[entry.key] = instanceID
    }

    /// Begins a generation, and drops the older one of the two before it.
    private static func turn(_ state: inout State) {
        for dropped in state.older.entries.values { state.ids[dropped.key] = nil }
        state.older = state.recent
        state.recent = Generation()
    }

    /// - Returns: whether there was a copy.
    @discardableResult
    private static func remove(_ key: Int64, from state: inout State) -> Bool {
        guard let instanceID = state.ids.removeValue(forKey: key) else { return false }
        if let entry = state.recent.entries.removeValue(forKey: instanceID) { state.recent.cost -= entry.cost }
        if let entry = state.older.entries.removeValue(forKey: instanceID) { state.older.cost -= entry.cost }
        return true
    }
}

extension OrchestrationStatus {
    /// The number of bytes of the parts that can be large.
    fileprivate var payloadBytes: Int {
        var bytes = failure?.bytes ?? 0
        for payload in [input, output, customStatus] { bytes += payload?.bytes.count ?? 0 }
        bytes += tags.reduce(0) { $0 + $1.key.utf8.count + $1.value.utf8.count }
        // An instance that waits for much has a long list, with what workers report of its activities.
        bytes += waits.reduce(0) { $0 + ($1.heartbeat?.bytes.count ?? 0) }
        return bytes + openTasks.reduce(0) { $0 + $1.utf8.count + 100 }
    }
}

extension FailureDetails {
    /// The number of bytes of its texts and data, those of the failures inside included.
    fileprivate var bytes: Int {
        message.utf8.count + (stack?.utf8.count ?? 0) + (details?.bytes.count ?? 0) + inner.reduce(0) { $0 + $1.bytes }
    }
}
