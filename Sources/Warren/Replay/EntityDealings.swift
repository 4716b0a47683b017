/// What an execution has asked of entities.
struct EntityDealings {
    /// A wait for a lock, or the lock.
    struct Lock {
        /// The number of the request.
        var id: Int
        /// In the order in which they are locked.
        var entities: [EntityID]
        var isHeld = false
    }

    /// Calls and lock requests without an answer, by number. They do not keep an ended body open, as waits for events do
    /// not.
    var open: [Int: TaskSlot] = [:]
    /// The entities that are locked, or are to be locked.
    var lock: Lock?
    /// Locks that no code waits for any more: they are released as soon as they are there.
    var abandoned: [Int: Lock] = [:]
    /// The number and the time of the latest request to each entity.
    var latest: [EntityID: (id: Int, at: Timestamp)] = [:]
    /// The executions that the instance was before it was rewound or reset: their answers may happen again.
    var formerExecutions: Set<String> = []

    /// The time for which an entity waits for an earlier request of the same sender.
    static let orderWindow = Duration.seconds(30 * 60)

    /// Goes on as another execution. An entity knows its requests by other keys, and none of them comes after one of the
    /// former execution.
    mutating func goOn(after former: String) {
        formerExecutions.insert(former)
        latest = [:]
    }
}
