import Synchronization
import Warren
import WarrenMessaging

/// Whether heartbeats of workers can arrive. They come through the broker: while it is unreachable, or accepts nothing
/// from publishers, silence means nothing about a worker.
final class WorkerHearing: Sendable {
    private struct State {
        var isBlocked = false
        var isLost = false
        var lastChange: Timestamp?
    }

    private let state = Mutex(State())
    private let clock: any HostClock

    /// Watches the transport for troubles from now on.
    init(over transport: any MessageTransport, clock: any HostClock) {
        self.clock = clock
        transport.observeBlocking { [weak self] reason in self?.change { $0.isBlocked = reason != nil } }
        transport.observeLoss { [weak self] isLost in self?.change { $0.isLost = isLost } }
    }

    /// Whether heartbeats could not arrive for at least a moment within the last `time`. After a trouble, every worker
    /// gets the whole time again to send one.
    func wasBroken(within time: Duration) -> Bool {
        state.withLock { state in
            state.isBlocked || state.isLost || state.lastChange.map { clock.now < $0.advanced(by: time) } ?? false
        }
    }

    private func change(_ change: (inout State) -> Void) {
        state.withLock { state in
            change(&state)
            state.lastChange = clock.now
        }
    }
}
