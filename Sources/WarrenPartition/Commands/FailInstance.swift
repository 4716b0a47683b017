package import Warren
import WarrenMessaging
import WarrenSupport

/// Fails an instance without running any of its code, because processes died over it.
package struct FailInstance: PartitionCommand {
    package var instanceID: String
    /// The number of processes that died over it.
    package var deaths: Int
    /// The time when the first of these deaths was noticed.
    package var since: Timestamp
    /// Whether no process died: the store refused what the work led to.
    package var isRefusedByStore: Bool

    package init(instanceID: String, deaths: Int, since: Timestamp, isRefusedByStore: Bool = false) {
        self.instanceID = instanceID
        self.deaths = deaths
        self.since = since
        self.isRefusedByStore = isRefusedByStore
    }

    func resolve(_ state: inout PartitionState, _ frame: Frame) throws(Unresolved) -> InstanceState? {
        guard let instance = try state.instance(instanceID), !instance.record.status.isTerminal else { return nil }
        try state.loadTasks(of: instance)
        try state.loadWaiters(of: instance, frame)
        return instance
    }

    func apply(_ instance: InstanceState?, _ state: inout PartitionState, _ step: inout Step, _ frame: Frame) {
        step.clearedSubjects.append(instanceID)
        guard let instance else { return }
        if !isRefusedByStore { step.observe(.killerFailed(instanceID: instanceID, deaths: deaths)) }
        let failure = isRefusedByStore ? refusal : death(of: instance)
        let time = max(step.now, instance.record.lastUpdatedAt)
        var events = state.lastEpisode(of: instance, at: time)
        events.append(.executionCompleted(.failed, output: .null, failure: failure))
        instance.record.lastUpdatedAt = time
        var messages: [OutboxMessage] = []
        state.finish(instance, .failed, output: nil, failure: failure, &messages, &step, frame)
        step.append(events, to: instance)
        step.write(instance)
        step.send(messages)
    }

    private func death(of instance: InstanceState) -> FailureDetails {
        FailureDetails(
            type: FailureDetails.killsHostType,
            message: "The host's process ended \(deaths) times while it ran this instance, first noticed at "
                + "\(ISO8601.text(since)). Look for a trap, a stack overflow or a lack of memory in the code "
                + "of '\(instance.record.name)', mend it, and start the instance again.",
            isNonRetriable: true)
    }

    private var refusal: FailureDetails {
        FailureDetails(
            type: FailureDetails.refusedByStoreType,
            message: "The partition's store refused what this instance had to write, first at \(ISO8601.text(since)). "
                + "This is a fault of Warren: the host's log has the store's reason. Start the instance again when it "
                + "is mended.",
            isNonRetriable: true)
    }
}
