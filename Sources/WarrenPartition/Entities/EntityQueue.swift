package import Warren
import WarrenMessaging

/// The requests that an entity has taken and not finished, at one moment: signals, calls, and locks that are asked for.
package struct EntityQueue: Sendable {
    /// A request. Its content is in the store, unless its commit is on its way.
    package struct Entry: Sendable {
        package var id: Int64
        /// The time at which the partition took it.
        package var since: Timestamp
        package var body: [UInt8]?
    }

    /// The number of requests.
    package var count: Int
    /// The first requests, in the order in which they run.
    package var first: [Entry]

    /// The maximum number of requests in ``first``.
    package static let mostEntries = 10
}

extension PartitionState {
    /// Returns the queues of the entities that a question is about, by their instance IDs. Empty queues are left out.
    func queues(for question: QueryCommand.Question) -> [String: EntityQueue] {
        let instanceIDs: [String]
        switch question {
        case .status(let id, _): instanceIDs = [id]
        case .statuses(let ids): instanceIDs = ids
        case .wait, .state, .list, .count, .damaged, .describe: return [:]
        }
        var found: [String: EntityQueue] = [:]
        for id in instanceIDs where EntityID.isEntity(id) { found[id] = queue(of: id) }
        return found
    }

    private func queue(of instanceID: String) -> EntityQueue? {
        // While the entity is locked, the requests of the owner come first.
        let subjects = [HeldSubject.locked(instanceID), HeldSubject.queue(instanceID)]
        let count = subjects.reduce(0) { $0 + held.count(for: $1) }
        guard count > 0 else { return nil }
        let first = subjects.flatMap { held.messages(for: $0, most: EntityQueue.mostEntries) }
        return EntityQueue(
            count: count,
            first: first.prefix(EntityQueue.mostEntries).map { entry in
                EntityQueue.Entry(id: entry.id, since: Self.queuedAt(entry), body: held.body(entry.id))
            })
    }
}
