package import Warren
package import WarrenMessaging

/// Removes a page of the partition's ended instances.
///
/// Each row is a separate piece of work: what is read for one is not kept for the others, and damage to one concerns
/// only that one.
extension PurgeCommand: PartitionCommand {
    /// The question itself: no instance is to blame for a request to remove it. `@` begins no instance ID.
    package var crashSubject: String? { "@question:" + String(crashHash, radix: 16) }

    package var crashHash: UInt64 {
        var hash = CrashHash()
        hash.add("purge")
        hash.add("\(query)")
        return hash.result
    }

    /// The number of bytes of rows that are read at once.
    private static let pageBytes = 1 << 20
    /// The number of instances that one commit removes.
    private static let mostAtOnce = 100

    /// The query, for ended instances only. Neither inputs nor outputs of the instances to remove are read.
    private var page: InstanceQuery {
        var query = query
        query.statuses = query.statuses.filter(\.isTerminal)
        if query.statuses.isEmpty { query.statuses = RuntimeStatus.allCases.filter(\.isTerminal) }
        query.limit = min(query.limit, Self.mostAtOnce)
        query.includeInput = false
        query.includeOutput = false
        return query
    }

    func resolve(_ state: inout PartitionState, _ frame: Frame) throws(Unresolved) -> RecordPage {
        try state.page(page, bytes: Self.pageBytes)
    }

    func apply(_ found: RecordPage, _ state: inout PartitionState, _ step: inout Step, _ frame: Frame) {
        step.purged = 0
        let statuses = page.statuses
        for record in found.instances { step.followUps.append(.purge(PurgeRow(record: record, statuses: statuses))) }
        if let reply = context.reply {
            step.followUps.append(.answerPurge(AnswerPurge(next: found.next, reply: reply)))
        }
    }
}

/// Removes one instance of a page, or one that has its age, if it is still as it was listed.
package struct PurgeRow: PartitionCommand {
    var record: InstanceRecord
    /// The statuses of instances to remove.
    var statuses: [RuntimeStatus]
    /// Whether its sub-orchestrations are purged with it.
    var isRecursive: Bool

    package init(record: InstanceRecord, statuses: [RuntimeStatus], isRecursive: Bool = true) {
        self.record = record
        self.statuses = statuses
        self.isRecursive = isRecursive
    }

    func resolve(_ state: inout PartitionState, _ frame: Frame) throws(Unresolved) -> (InstanceState, Purging)? {
        if state.purged.contains(record.key) { return nil }
        // The store shows what is durable: the instance may be running again meanwhile.
        let instance = state.instances.peek(key: record.key) ?? InstanceState(record: record, isStored: true)
        guard statuses.contains(instance.record.status), instance.record.generation == record.generation else {
            return nil
        }
        return (instance, try state.resolvePurge(of: instance, isRecursive: isRecursive))
    }

    func apply(
        _ found: (InstanceState, Purging)?, _ state: inout PartitionState, _ step: inout Step, _ frame: Frame
    ) {
        guard let (instance, purging) = found else { return }
        state.purge(instance, purging, &step, frame)
        step.purged += 1
    }
}

/// Replies how many instances of a page were removed.
package struct AnswerPurge: PartitionCommand {
    var next: InstanceQuery.Cursor?
    var reply: ReplyAddress

    func resolve(_ state: inout PartitionState, _ frame: Frame) throws(Unresolved) {}

    func apply(_ found: Void, _ state: inout PartitionState, _ step: inout Step, _ frame: Frame) {
        step.replies.append(
            frame.wire.answer(
                PurgeReply(purged: step.purged, next: next), to: reply, instanceID: nil, at: step.now))
    }
}
