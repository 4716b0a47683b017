/// A long activity that a worker has taken: it is dispatched again if the lease runs out. Afterwards the lease stays,
/// not taken, to remember how often that was.
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
    /// How often the work item was dispatched, from 1.
    package var attempt: Int
    package var expiresAt: Timestamp

    /// Whether a worker has the item. Otherwise the broker has it, and nothing expires.
    package var isTaken: Bool { expiresAt != Self.never }

    /// When the lease of an item that no worker has taken expires.
    package static let never = Timestamp(microseconds: .max)

    package init(key: Key, attempt: Int, expiresAt: Timestamp) {
        self.key = key
        self.attempt = attempt
        self.expiresAt = expiresAt
    }
}
