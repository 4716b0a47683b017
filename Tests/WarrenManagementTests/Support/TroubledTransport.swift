#if HTTP
import Synchronization
import WarrenMessaging

/// A transport that cannot look at one queue.
final class TroubledTransport: ForwardingTransport {
    /// An error of the connection, of which the messaging layer knows nothing.
    struct ChannelClosed: Error {}

    let target: any MessageTransport
    private let state = Mutex<(queue: String, error: any Error)?>(nil)

    init(_ inner: any MessageTransport) { target = inner }

    /// The queue, and the error of each look at it.
    var trouble: (queue: String, error: any Error)? {
        get { state.withLock { $0 } }
        set { state.withLock { $0 = newValue } }
    }

    func load(of queue: String) async throws -> QueueLoad {
        if let trouble, trouble.queue == queue { throw trouble.error }
        return try await target.load(of: queue)
    }

    func depth(of queue: String) async throws -> Int { try await load(of: queue).messages }
}
#endif
