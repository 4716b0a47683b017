/// The lease of a long activity that a worker has taken: the activity is dispatched again if the lease expires.
/// Afterwards the lease stays, not taken, to count the dispatches.
package struct TaskLease: Sendable, Hashable {
    package struct Key: Sendable, Hashable {
        package var instance: Int64
        package var generation: Int
        package var taskID: Int

        package init(instance: Int64, generation: Int, taskID: Int) {
            self.instance = instance
            self.generation = generation
            self.taskID = taskID
        }
    }

    package var key: Key
    /// The number of dispatches of the work item, from 1.
    package var attempt: Int
    package var expiresAt: Timestamp

    /// Whether a worker has the item. Otherwise the broker has it, and the lease does not expire.
    package var isTaken: Bool { expiresAt != Self.never }

    /// The expiry of the lease of an item that no worker has taken.
    package static let never = Timestamp(microseconds: .max)

    package init(key: Key, attempt: Int, expiresAt: Timestamp) {
        self.key = key
        self.attempt = attempt
        self.expiresAt = expiresAt
    }
}
