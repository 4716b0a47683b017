import Warren
import WarrenMessaging

/// Parks an instance that a check of its history has found not to agree with the code, before anything arrives for it.
package struct ParkInstance: PartitionCommand {
    /// The instance's key.
    package var instance: Int64
    /// The execution that was checked, and the number of its episodes: one that has moved since is left alone.
    package var generation: Int
    package var episodes: Int
    /// The report.
    package var report: String

    package init(instance: Int64, generation: Int, episodes: Int, report: String) {
        self.instance = instance
        self.generation = generation
        self.episodes = episodes
        self.report = report
    }

    func resolve(_ state: inout PartitionState, _ frame: Frame) throws(Unresolved) -> InstanceState? {
        guard let found = try state.instance(key: instance), found.record.generation == generation,
            found.record.episodes == episodes, found.newEvents.isEmpty,
            found.record.status == .running || found.record.status == .pending
        else { return nil }
        try state.requireIdle(found)
        return found
    }

    func apply(_ found: InstanceState?, _ state: inout PartitionState, _ step: inout Step, _ frame: Frame) {
        guard let found else { return }
        let time = max(step.now, found.record.lastUpdatedAt)
        found.record.lastUpdatedAt = time
        let suspension = Suspension(cause: .nonDeterminism, reason: report, since: time)
        var messages: [OutboxMessage] = []
        step.unwind(found)
        found.park(suspension, &messages, frame)
        step.observe(.instanceParked(found.record, suspension))
        step.appendUnrun([.orchestratorStarted(time), .executionSuspended(reason: report)], to: found)
        step.write(found)
        step.send(messages)
    }
}

/// Resumes an instance that waits for a version, if this host runs that.
struct ServeInstance: PartitionCommand {
    var instance: Int64

    func resolve(_ state: inout PartitionState, _ frame: Frame) throws(Unresolved) -> InstanceState? {
        guard let found = try state.instance(key: instance), found.record.status == .suspended,
            found.record.condition.suspension?.cause == .version,
            case .runs = frame.catalog.verdict(on: found.record.name, found.record.version)
        else { return nil }
        try state.requireIdle(found)
        return found
    }

    func apply(_ found: InstanceState?, _ state: inout PartitionState, _ step: inout Step, _ frame: Frame) {
        guard let found else { return }
        step.resume(found, reason: "This host runs the version.", frame)
    }
}
