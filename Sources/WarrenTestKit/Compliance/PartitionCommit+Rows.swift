package import Warren

extension PartitionCommit {
    /// One row of each kind that belongs to a generation.
    package mutating func addRows(of instance: Int64, generation: Int, episode: Int) {
        history.append(
            HistoryRow(
                instance: instance, generation: generation, episode: episode,
                events: bytes("\(instance).\(generation).\(episode)")))
        timers.append(
            TimerRow(key: .init(instance: instance, generation: generation, id: episode), fireAt: time(Int64(episode))))
        leases.append(
            TaskLease(
                key: .init(instance: instance, generation: generation, taskID: episode), attempt: 1,
                expiresAt: time(1)))
    }
}
