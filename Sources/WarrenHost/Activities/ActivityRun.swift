import Synchronization
import Warren

/// One run of an activity's code: it can be cancelled, and reports how far it is.
final class ActivityRun: ActivityControl, Sendable {
    private struct State {
        var task: Task<Payload, any Error>?
        var isCanceled = false
    }

    let call: WorkCall
    let delivery: WorkDelivery
    /// The number by which its keeper knows it.
    let number: UInt64
    private let keeper: LeaseKeeper
    private let state = Mutex(State())

    /// - Parameter keeper: takes the signs of life of the activity's code.
    init(_ call: WorkCall, _ delivery: WorkDelivery, number: UInt64, keeper: LeaseKeeper) {
        self.call = call
        self.delivery = delivery
        self.number = number
        self.keeper = keeper
    }

    var isCanceled: Bool { state.withLock { $0.isCanceled } }

    func heartbeat(_ details: Payload?) { keeper.report(number, details) }

    /// Cancels the code's task, because the caller gave the call up.
    func cancel() {
        let task = state.withLock { state in
            state.isCanceled = true
            return state.task
        }
        task?.cancel()
    }

    /// Runs the code in a task that can be cancelled by itself; cancelling the calling task cancels it, too.
    func perform(_ body: @escaping @Sendable () async throws -> Payload) async throws -> Payload {
        // Not a child task, because only the handle of a task can be cancelled from elsewhere. It begins on this thread: most
        // activities end before they wait for anything, and cost no change of threads.
        let task = Task.immediate { try await body() }
        let isCanceled = state.withLock { state in
            state.task = task
            return state.isCanceled
        }
        if isCanceled { task.cancel() }
        return try await withTaskCancellationHandler {
            try await task.value
        } onCancel: {
            task.cancel()
        }
    }
}
