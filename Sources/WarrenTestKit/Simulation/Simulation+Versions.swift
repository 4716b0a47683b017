import Warren
import WarrenHost

/// Checks versions: V1, and that what is left over ends.
extension Simulation {
    /// Gives a process the rules of its turn, and watches what it runs.
    func setVersions(of number: Int, _ parts: inout SimulatedProcess.Parts) {
        guard let versions = plan.versions else { return }
        let rules = versions.rules(ofProcess: number, isEnd: faults.isOver)
        var actual = rules
        if bug == .versionIgnored { actual.match = .none }
        parts.configuration = versions.configure(parts.configuration, actual)
        parts.changeRunner = { [self] runner in
            SimWatchedRunner(runner) { [self] facts, _, _ in
                guard facts.name == SimProgram.name, !rules.admits(facts.version) else { return }
                world.fail(
                    "V1", facts.instanceID,
                    "it has version \(facts.version ?? "none"), and runs on a host of \(rules.defaultVersion ?? "none")"
                )
            }
        }
    }

    /// Puts hosts that run every version in the place of those that there are.
    func runWhatIsLeft() {
        if let standby { kill(standby, downFor: 2000) }
        if let host { kill(host, downFor: 1000) }
    }

    /// Whether an instance has failed because a host did not run its version, and one of the plan's does not.
    func isPlannedMismatch(_ record: InstanceRecord) -> Bool {
        guard let versions = plan.versions, versions.failsMismatch,
            record.failure?.type == FailureDetails.versionMismatchType
        else { return false }
        return versions.hosts.contains { !$0.admits(record.version) }
    }
}
