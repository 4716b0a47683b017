import Synchronization
import Warren
import WarrenMessaging

/// Whether workers can be heard. Their heartbeats come through the broker: while it is lost, or takes nothing from those
/// who publish, silence says nothing about a worker.
final class WorkerHearing: Sendable {
    private struct State {
        var isBlocked = false
        var isLost = false
        var lastChange: Timestamp?
    }

    private let state = Mutex(State())
    private let clock: any HostClock

    /// Listens to the transport's troubles from now on.
    init(over transport: any MessageTransport, clock: any HostClock) {
        self.clock = clock
        transport.observeBlocking { [weak self] reason in self?.change { $0.isBlocked = reason != nil } }
        transport.observeLoss { [weak self] isLost in self?.change { $0.isLost = isLost } }
    }

    /// Whether nobody could be heard for at least a moment of the last so long. After a trouble, everyone gets the whole
    /// time to speak again.
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
