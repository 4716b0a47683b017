/// The lease of a long activity that a worker has taken: the activity is dispatched again if the lease expires.
/// Afterwards the lease stays, not taken, to count the dispatches and to keep what the worker reported.
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
    /// The details of the latest heartbeat, of whichever dispatch.
    package var details: Payload?
    /// The queue in which the worker can be told that the call was given up; `nil` if it named none.
    package var worker: String?
    /// The longest time between two heartbeats that the call allows, if it sets one.
    package var limit: Duration?

    /// Whether a worker has the item. Otherwise the broker has it, and the lease does not expire.
    package var isTaken: Bool { expiresAt != Self.never }

    /// The expiry of the lease of an item that no worker has taken.
    package static let never = Timestamp(microseconds: .max)

    package init(
        key: Key, attempt: Int, expiresAt: Timestamp, details: Payload? = nil, worker: String? = nil,
        limit: Duration? = nil
    ) {
        self.key = key
        self.attempt = attempt
        self.expiresAt = expiresAt
        self.details = details
        self.worker = worker
        self.limit = limit
    }
}
