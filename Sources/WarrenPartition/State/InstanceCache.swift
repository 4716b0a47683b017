import Warren

/// The instances in memory, in order of use, with a bound on how many stay.
///
/// An instance with work or commits on their way is never removed, so the bound may be exceeded while they last.
package struct InstanceCache {
    private let capacity: Int
    private var byID: [ExactText: InstanceState] = [:]
    private var byKey: [Int64: InstanceState] = [:]
    private var oldest: InstanceState?
    private var newest: InstanceState?

    package init(capacity: Int) {
        self.capacity = capacity
    }

    package var count: Int { byID.count }

    /// Finds an instance and notes that it was used.
    package mutating func instance(_ instanceID: String) -> InstanceState? {
        guard let state = byID[ExactText(instanceID)] else { return nil }
        touch(state)
        return state
    }

    /// Finds an instance and notes that it was used.
    package mutating func instance(key: Int64) -> InstanceState? {
        guard let state = byKey[key] else { return nil }
        touch(state)
        return state
    }

    /// Finds an instance without noting that it was used.
    package func peek(key: Int64) -> InstanceState? { byKey[key] }

    /// The instance, if it is in memory; its place in the order of use stays.
    package func peek(_ instanceID: String) -> InstanceState? { byID[ExactText(instanceID)] }

    package mutating func insert(_ state: InstanceState) {
        byID[ExactText(state.record.instanceID)] = state
        byKey[state.record.key] = state
        append(state)
    }

    package mutating func remove(_ state: InstanceState) {
        byID[ExactText(state.record.instanceID)] = nil
        byKey[state.record.key] = nil
        unlink(state)
    }

    /// Removes the least recently used instances above the bound that can be removed, and returns them. Ended ones go
    /// first.
    ///
    /// - Parameter kept: the keys of instances that stay in any case.
    package mutating func evictable(except kept: Set<Int64> = []) -> [InstanceState] {
        var evicted: [InstanceState] = []
        var candidate = oldest
        var busy = 0
        // Only instances that must stay are looked at in vain, and at most 64 of them: the others are removed at once,
        // or a stream of new instances would arrive faster than old ones are removed.
        while byID.count > capacity, let state = candidate, busy < 64 {
            candidate = state.newer
            guard state.commitsInFlight == 0, state.newEvents.isEmpty, state.inFlight == nil, state.waiting.isEmpty,
                state.operating == nil, !kept.contains(state.record.key)
            else {
                busy += 1
                continue
            }
            remove(state)
            evicted.append(state)
        }
        return evicted
    }

    /// Every instance in memory, for when the partition ends.
    package var all: [InstanceState] { Array(byID.values) }

    private mutating func touch(_ state: InstanceState) {
        guard newest !== state else { return }
        unlink(state)
        append(state)
    }

    private mutating func append(_ state: InstanceState) {
        state.older = newest
        state.newer = nil
        newest?.newer = state
        newest = state
        if oldest == nil { oldest = state }
    }

    private mutating func unlink(_ state: InstanceState) {
        state.older?.newer = state.newer
        state.newer?.older = state.older
        if oldest === state { oldest = state.newer }
        if newest === state { newest = state.older }
        state.older = nil
        state.newer = nil
    }
}
