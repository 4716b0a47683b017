/// The lease of a long activity that a worker has taken: the activity is dispatched again if the lease expires.
/// Afterwards the lease stays, not taken, to count the dispatches and to keep what the worker reported.
public struct TaskLease: Sendable, Hashable {
    /// The key of a lease: a task of one generation of an instance.
    public struct Key: Sendable, Hashable {
        /// The key of the instance.
        public var instance: Int64
        /// The generation that the task belongs to.
        public var generation: Int
        /// The number of the task in its execution.
        public var taskID: Int

        /// The key of a lease.
        public init(instance: Int64, generation: Int, taskID: Int) {
            self.instance = instance
            self.generation = generation
            self.taskID = taskID
        }
    }

    /// The key; a lease of the same key is replaced.
    public var key: Key
    /// The number of dispatches of the work item, from 1.
    public var attempt: Int
    /// The time at which the lease expires; ``never`` for an item that no worker has taken.
    public var expiresAt: Timestamp
    /// The details of the latest heartbeat, of whichever dispatch.
    public var details: Payload?
    /// The queue in which the worker can be told that the call was given up; `nil` if it named none.
    public var worker: String?
    /// The longest time between two heartbeats that the call allows, if it sets one.
    public var limit: Duration?

    /// Whether a worker has the item. Otherwise the broker has it, and the lease does not expire.
    public var isTaken: Bool { expiresAt != Self.never }

    /// The expiry of the lease of an item that no worker has taken.
    public static let never = Timestamp(microseconds: .max)

    /// The lease of a task.
    public init(
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
