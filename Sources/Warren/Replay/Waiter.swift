/// One suspended `await` of orchestrator code.
///
/// It waits for a number of tasks: one, the first of several (`remaining` 1, several tasks), or all of several.
///
/// `@unchecked Sendable`: touched only by the thread that drives the instance; see `OrchestratorCore`.
final class Waiter: @unchecked Sendable {
    @exclusivity(unchecked) var continuation: UnsafeContinuation<Void, Never>?
    @exclusivity(unchecked) var remaining: Int
    /// The first of the tasks that settled.
    @exclusivity(unchecked) var winner: TaskSlot?
    /// Whether it continues: its tasks settled, or it was cancelled.
    @exclusivity(unchecked) var isSettled = false
    @exclusivity(unchecked) var isCancelled = false
    // Links all suspended waiters, so that an eviction finds them.
    @exclusivity(unchecked) var previous: Waiter?
    @exclusivity(unchecked) var next: Waiter?

    init(remaining: Int) {
        self.remaining = remaining
    }
}
