/// The waits of one instance, as far as they are listed one by one.
package struct OpenWaits: Sendable, Hashable {
    /// The number of activities, sub-orchestrations and timers that are listed.
    package static let mostTasks = 100

    /// A scheduled start first, then tasks in the order of their numbers, then events, the longest wait first.
    package var listed: [OpenWait]
    /// The number of further waits.
    package var others: Int

    package init(listed: [OpenWait] = [], others: Int = 0) {
        self.listed = listed
        self.others = others
    }

    /// The waits of an instance that its row tells: its start and external events. Tasks are in its history.
    package init(of record: InstanceRecord) {
        self.init()
        guard !record.status.isTerminal else { return }
        if record.isWaitingForStart, let start = record.scheduledStart {
            listed.append(OpenWait(kind: .start, since: record.createdAt, until: start))
        }
        guard !record.eventWaits.isEmpty else { return }
        let events = EventWaits(encoded: record.eventWaits)
        listed += events.named.map { OpenWait(kind: .event, name: $0.name, since: $0.since) }
        others = events.others
    }

    /// The same waits with tasks, in the order of their numbers.
    package func adding(_ tasks: some Collection<OpenWait>) -> OpenWaits {
        var waits = self
        let place = listed.first?.kind == .start ? 1 : 0
        waits.listed.insert(contentsOf: tasks.prefix(Self.mostTasks), at: place)
        waits.others += max(0, tasks.count - Self.mostTasks)
        return waits
    }
}

extension OrchestrationStatus {
    /// Shows what the instance waits for, as values and as texts.
    package mutating func show(_ waits: OpenWaits) {
        openTasks = waits.listed.map(\.text)
        self.waits = waits.listed
        furtherWaits = waits.others
    }
}
