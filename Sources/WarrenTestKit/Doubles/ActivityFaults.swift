import Synchronization

/// The failures that a test has planted in activities, by the activity's name.
final class ActivityFaults: Sendable {
    private struct State {
        var faults: [String: PlantedFaults<any Error>] = [:]
        /// The activities with bodies that ask for faults.
        var asking: Set<String> = []
    }

    private let state = Mutex(State())

    /// Counts a call of an activity with failures, and returns the one of this call.
    func next(_ name: String) -> (any Error)? { state.withLock { $0.faults[name] }?.next() }

    /// Plants a failure.
    ///
    /// - Returns: whether the activity's body asks for failures already.
    func plant(_ error: any Error, in name: String, at number: Int) -> Bool {
        let (faults, isAsking) = state.withLock { state in
            let faults = state.faults[name] ?? PlantedFaults()
            state.faults[name] = faults
            return (faults, !state.asking.insert(name).inserted)
        }
        faults.plant(error, at: number)
        return isAsking
    }

    /// Notes that the activity's body asks for failures.
    func setAsking(_ name: String) { state.withLock { _ = $0.asking.insert(name) } }
}
