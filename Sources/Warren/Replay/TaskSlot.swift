/// Something that an orchestrator can wait for: a call, a timer, an event, a call with its retries.
///
/// `@unchecked Sendable`: touched only by the thread that drives the instance; see `OrchestratorCore`.
final class TaskSlot: @unchecked Sendable {
    enum Kind {
        case activity, subOrchestration, timer, event
        /// A call of an entity's operation, or a wait for a lock.
        case entity
        /// A call with its retries, or one that could not even be made.
        case composite
    }

    enum Outcome {
        case result(Payload)
        // Indirect, because it is large and rare, and every suspended instance has a slot.
        indirect case failed(TaskFailure)
        case fired
        case cancelled
        /// The call could not be made: its input was not encodable, its policy was bad.
        case refused(any Error)
    }

    let kind: Kind
    /// The number in the execution; for an event, -1 until one is taken, then its place in the order of arrival.
    @exclusivity(unchecked) var id: Int
    let name: String
    @exclusivity(unchecked) var outcome: Outcome?
    /// Position in the order in which tasks settled, from 1.
    @exclusivity(unchecked) var settledOrder = 0
    /// The number of awaits that want the outcome now.
    @exclusivity(unchecked) var readers: Int32 = 0
    /// For an event: whether the task waits for one, or has taken one.
    @exclusivity(unchecked) var isInLine = false
    /// Whether another task of an `any` was faster.
    @exclusivity(unchecked) var hasLostRace = false
    /// For an event: the time at which the task began to wait.
    @exclusivity(unchecked) var waitsSince = Timestamp(microseconds: 0)
    /// Called before the waiters continue.
    @exclusivity(unchecked) var retry: RetryingCall?
    /// For a call with retries: the object that makes its attempts.
    @exclusivity(unchecked) weak var retrying: RetryingCall?
    /// For an event: throws for a payload that it does not accept. `nil` if it accepts every payload.
    @exclusivity(unchecked) var check: PayloadCheck?
    @exclusivity(unchecked) private var waiter: Waiter?
    @exclusivity(unchecked) private var moreWaiters: [Waiter] = []

    init(kind: Kind, id: Int, name: String, outcome: Outcome? = nil) {
        self.kind = kind
        self.id = id
        self.name = name
        self.outcome = outcome
    }

    /// Throws if a payload is not of the declared type.
    typealias PayloadCheck = (Payload, any PayloadCodec) throws -> Void

    func add(_ waiter: Waiter) {
        if self.waiter == nil && moreWaiters.isEmpty {
            self.waiter = waiter
        } else {
            moreWaiters.append(waiter)
        }
    }

    /// The number of waiters, for tests.
    var waiterCount: Int { (waiter == nil ? 0 : 1) + moreWaiters.count }

    /// Removes a waiter that ended, so that a long-lived task does not collect them.
    func remove(_ waiter: Waiter) {
        if self.waiter === waiter { self.waiter = nil } else { moreWaiters.removeAll { $0 === waiter } }
    }

    /// Removes all waiters, and passes them on in the order in which they were added.
    func takeWaiters(_ body: (Waiter) -> Void) {
        if let waiter {
            self.waiter = nil
            body(waiter)
        }
        guard !moreWaiters.isEmpty else { return }
        let rest = moreWaiters
        moreWaiters = []
        for waiter in rest { body(waiter) }
    }
}
