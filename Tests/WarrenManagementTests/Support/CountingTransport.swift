import AMQPMessages

#if HTTP
import Synchronization
import TestSupport
import WarrenMessaging

/// A transport that counts what its user publishes.
final class CountingTransport: ForwardingTransport {
    let target: any MessageTransport
    private let count = Mutex(0)
    /// Why the broker takes nothing, if it does not.
    let blockedReason: String?
    /// Whether what is published is lost.
    private let losesAll: Bool

    init(_ inner: any MessageTransport, blockedReason: String? = nil) {
        target = inner
        self.blockedReason = blockedReason
        losesAll = blockedReason != nil
    }

    /// How many messages were published since this was asked for the last time.
    func take() -> Int {
        count.withLock { count in
            defer { count = 0 }
            return count
        }
    }

    func publish(_ messages: [OutboundMessage], completion: @escaping @Sendable ([PublishOutcome]) -> Void) {
        count.withLock { $0 += messages.count }
        // A broker in an alarm reads nothing, and so confirms nothing.
        if !losesAll { target.publish(messages, completion: completion) }
    }
}
#endif
