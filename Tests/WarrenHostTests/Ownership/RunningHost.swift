import TestSupport
import Testing
import WarrenHost

/// A host in the test's process.
struct RunningHost: Sendable {
    let host: TaskHubHost
    private let task: Task<Void, any Error>

    init(_ host: TaskHubHost) {
        self.host = host
        task = Task { try await host.run() }
    }

    var isReady: Bool {
        get async throws { try await host.becomesReady() }
    }

    /// Stops it, and waits until it has stopped.
    func stop() async throws {
        task.cancel()
        try await task.ended()
    }

    /// Stops it, if it still runs, however it ends.
    func end() async {
        task.cancel()
        _ = await task.result
    }

    /// Why it ended by itself.
    var failure: HostError? {
        get async throws {
            do {
                try await task.ended()
                return nil
            } catch let error as HostError {
                return error
            }
        }
    }
}
