import Synchronization
import TestSupport
import Testing

/// Starts a host again whenever it dies, as an operating system's service manager does.
final class HostKeeper: Sendable {
    private struct State {
        var host: HostProcess?
        var deaths = 0
        var isStopped = false
    }

    private let state = Mutex(State())

    /// How often the host died.
    var deaths: Int { state.withLock { $0.deaths } }

    /// Runs until stopped.
    func run(_ program: String, _ arguments: [String]) async throws {
        while !state.withLock({ $0.isStopped }) {
            let host = HostProcess.launch(try Program.product(program), arguments)
            state.withLock { $0.host = host }
            if state.withLock({ $0.isStopped }) { await host.kill() }
            if try await !host.end() { state.withLock { $0.deaths += 1 } }
        }
    }

    /// Kills the host, which is started again.
    func kill() async {
        await state.withLock { $0.host }?.kill()
    }

    /// Ends the host in good order, and does not start it again. Kills it for a test that is cancelled.
    func stop() async {
        let host = state.withLock { state in
            state.isStopped = true
            return state.host
        }
        _ = try? await host?.terminate()
    }
}
