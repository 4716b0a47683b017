import Warren
import WarrenMessaging
import WarrenPartition

/// Passes on the limits of activities that this host states.
extension PartitionLoop {
    /// Tells the partition, before it takes anything else. What it knows already is not written again.
    func stateLimits() async throws {
        let limits = setup.configuration.statedLimits(with: setup.functions)
        guard !limits.isEmpty else { return }
        begin([], at: setup.clock.now)
        defer { setup.crashGuard.leave() }
        for (activity, limits) in limits {
            machine.add(InputContent(.command(.limits(LimitsCommand(.set(activity, limits, isOperators: false))))))
            try await advance()
        }
        try await end()
    }
}
