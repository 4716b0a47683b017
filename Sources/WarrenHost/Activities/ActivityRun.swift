import Synchronization
import Warren

/// One run of an activity's code: it can be cancelled, and reports how far it is.
final class ActivityRun: ActivityControl, Sendable {
    private struct State {
        var task: Task<Payload, any Error>?
        var isCanceled = false
    }

    private let state = Mutex(State())
    private let beat: @Sendable (_ details: Payload?) -> Void

    /// - Parameter beat: takes the signs of life of the activity's code.
    init(beat: @escaping @Sendable (_ details: Payload?) -> Void) {
        self.beat = beat
    }

    var isCanceled: Bool { state.withLock { $0.isCanceled } }

    func heartbeat(_ details: Payload?) { beat(details) }

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
        // Not a child task: only the handle of a task can be cancelled from elsewhere.
        let task = Task { try await body() }
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
