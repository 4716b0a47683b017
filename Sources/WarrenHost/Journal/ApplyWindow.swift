import Synchronization
import WarrenSupport

/// Bounds what was read from a journal and is not yet in the file, in bytes.
final class ApplyWindow: Sendable {
    private struct State {
        var bytes = 0
        var waiter: OneShot<Void>?
    }

    private let limit: Int
    private let state = Mutex(State())

    init(limit: Int) { self.limit = limit }

    /// The number of bytes that are read and not applied.
    var count: Int { state.withLock { $0.bytes } }

    var hasRoom: Bool { state.withLock { $0.bytes <= limit } }

    func begin(_ bytes: Int) { state.withLock { $0.bytes += bytes } }

    func end(_ bytes: Int) {
        let waiter = state.withLock { state -> OneShot<Void>? in
            state.bytes -= bytes
            guard state.bytes <= limit, let waiter = state.waiter else { return nil }
            state.waiter = nil
            return waiter
        }
        waiter?.set(())
    }

    /// Waits until there is room. One task at a time may wait.
    func room() async {
        let waiter = state.withLock { state -> OneShot<Void>? in
            guard state.bytes > limit else { return nil }
            let waiter = OneShot<Void>()
            state.waiter = waiter
            return waiter
        }
        await waiter?.value
    }
}
