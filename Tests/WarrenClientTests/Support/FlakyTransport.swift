import AMQPMessages
import Synchronization
import TestSupport
import Testing
import WarrenMessaging

/// A transport that does with the next publishes what a test says, and loses replies on request.
final class FlakyTransport: ForwardingTransport {
    private struct State: Sendable, CustomStringConvertible {
        var outcomes: [PublishOutcome] = []
        var published: [OutboundMessage] = []
        var replies: [FlakySubscription] = []
        var isStalled = false
        var blockedReason: String?
        var stalled: [@Sendable () -> Void] = []
        var description: String { "\(published.count) messages published, \(stalled.count) publishes stalled" }
    }

    /// The clock of the client under test.
    let clock = TestClock()

    let target: any MessageTransport
    private let state = Watched(State())

    init(_ inner: any MessageTransport) {
        target = inner
    }

    /// Everything that was handed over for publishing, whatever became of it.
    var published: [OutboundMessage] { state.value.published }

    /// The next messages come to nothing and end so; the ones after them go through.
    func lose(_ outcomes: PublishOutcome...) {
        state.change { $0.outcomes += outcomes }
    }

    /// The next publishes are neither sent nor settled until ``resume()``.
    func stall() {
        state.change { $0.isStalled = true }
    }

    /// Waits until a publish is stalled.
    func stalledPublish(sourceLocation: SourceLocation = #_sourceLocation) async throws {
        try await state.wait(for: "a stalled publish", sourceLocation: sourceLocation) { state in
            state.stalled.isEmpty ? nil : ()
        }
    }

    /// Sends what was stalled.
    func resume() {
        let stalled = state.change { state in
            state.isStalled = false
            defer { state.stalled = [] }
            return state.stalled
        }
        for publish in stalled { publish() }
    }

    /// The reply queue goes away with what was in it, and a new one takes its place.
    func loseReplyQueue() {
        for subscription in state.value.replies { subscription.declareAnew() }
    }

    /// What arrives on the reply queue is lost from now on, or not any more.
    func dropReplies(_ isDropping: Bool) {
        for subscription in state.value.replies { subscription.isDropping = isDropping }
    }

    func publish(_ messages: [OutboundMessage], completion: @escaping @Sendable ([PublishOutcome]) -> Void) {
        let lost = state.change { state -> [PublishOutcome] in
            state.published += messages
            let count = min(messages.count, state.outcomes.count)
            defer { state.outcomes.removeFirst(count) }
            return Array(state.outcomes.prefix(count))
        }
        guard lost.isEmpty else { return completion(lost) }
        let isStalled = state.change { state in
            guard state.isStalled else { return false }
            state.stalled.append { [target] in target.publish(messages, completion: completion) }
            return true
        }
        if !isStalled { target.publish(messages, completion: completion) }
    }

    func consumeReplies(_ queue: String) async throws -> any MessageSubscription {
        let subscription = FlakySubscription(try await target.consumeReplies(queue))
        state.change { $0.replies.append(subscription) }
        return subscription
    }

    var blockedReason: String? { state.value.blockedReason }

    /// The broker says that it is in an alarm.
    func block(_ reason: String) {
        state.change { $0.blockedReason = reason }
    }
}

/// A reply subscription whose queue can be lost.
final class FlakySubscription: MessageSubscription {
    let batches: AsyncThrowingStream<[InboundMessage], any Error>

    private let inner: any MessageSubscription
    private let continuation: AsyncThrowingStream<[InboundMessage], any Error>.Continuation
    private let dropping = Mutex(false)
    private let pump = Mutex<Task<Void, Never>?>(nil)

    var isDropping: Bool {
        get { dropping.withLock { $0 } }
        set { dropping.withLock { $0 = newValue } }
    }

    init(_ inner: any MessageSubscription) {
        self.inner = inner
        (batches, continuation) = AsyncThrowingStream.makeStream()
        let task = Task { [continuation] in
            do {
                for try await batch in inner.batches where !self.isDropping { continuation.yield(batch) }
                continuation.finish()
            } catch {
                continuation.finish(throwing: error)
            }
        }
        pump.withLock { $0 = task }
    }

    func declareAnew() { continuation.yield([]) }
    func acknowledge(_ tags: [DeliveryTag]) { inner.acknowledge(tags) }
    func setPrefetch(_ prefetch: Int) async { await inner.setPrefetch(prefetch) }
    func close() async { await inner.close() }
}
