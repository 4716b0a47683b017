package import AMQPMessages
import Logging
import Synchronization
import WarrenSupport

/// A consumer that outlives connections: it consumes again on each new one.
///
/// Delivery tags belong to a channel. Those of an earlier channel are ignored: the broker delivers their messages again.
package final class AMQPSubscription: Sendable {
    /// Deliveries, in batches as they were read from the connection. Finishes when the subscription or its session is
    /// closed; throws ``AMQPError`` when it cannot go on.
    package let batches: AsyncThrowingStream<[InboundMessage], any Error>
    package let queue: String
    private let session: AMQPSession
    private let options: SubscriptionOptions
    private let prepare: @Sendable (AMQPChannel) async throws -> Void
    private let continuation: AsyncThrowingStream<[InboundMessage], any Error>.Continuation
    private let start = ReplySlot<Void>()
    private let state: Mutex<State>

    private struct State {
        /// How many deliveries may be unacknowledged at once; with 0 the queue is not consumed at present.
        var prefetch: Int
        var channel: AMQPChannel?
        /// Whether the channel consumes as `prefetch` requires, with this consumer. Otherwise another call is about to
        /// ensure it.
        var isSettled = false
        var tag: String?
        var ended: ReplySlot<AMQPError?>?
        var isClosed = false
    }

    init(
        session: AMQPSession, queue: String, options: SubscriptionOptions,
        prepare: @escaping @Sendable (AMQPChannel) async throws -> Void
    ) {
        self.session = session
        self.queue = queue
        self.options = options
        self.prepare = prepare
        state = Mutex(State(prefetch: options.prefetch))
        (batches, continuation) = AsyncThrowingStream.makeStream()
    }

    /// Acknowledges deliveries, at once and in any order. Tags of an earlier channel are ignored.
    package func acknowledge(_ tags: [DeliveryTag]) {
        state.withLock { $0.channel }?.acknowledge(tags)
    }

    /// Sets how many deliveries may be unacknowledged at once; with 0 the queue is not consumed until it is raised.
    /// Earlier deliveries can be acknowledged as before. Returns when the broker has applied it, or when there is no
    /// connection: then the next one applies it.
    ///
    /// A broker reads the number when a consumer begins, so the consumer is replaced. Deliveries to the earlier
    /// consumer do not count for the new one.
    package func setPrefetch(_ prefetch: Int) async {
        let (channel, tag, ended) = state.withLock { state -> (AMQPChannel?, String?, ReplySlot<AMQPError?>?) in
            state.prefetch = prefetch
            // A call that is about to consume reads the new number.
            guard state.isSettled else { return (nil, nil, nil) }
            state.isSettled = false
            defer { state.tag = nil }
            return (state.channel, state.tag, state.ended)
        }
        guard let channel, let ended else { return }
        do {
            if let tag { try await channel.request(.cancel(tag: tag)) }
            try await settle(channel, ended)
        } catch {
            // Most likely the channel has ended. If it has not, it cannot be used any more: a new one is opened.
            ended.fulfil(.success(error as? AMQPError))
        }
    }

    /// Closes the channel: unacknowledged messages return to the queue, in order. Acknowledge finished ones before.
    package func close() async {
        let (channel, ended) = state.withLock { state -> (AMQPChannel?, ReplySlot<AMQPError?>?) in
            state.isClosed = true
            return (state.channel, state.ended)
        }
        await channel?.close()
        ended?.fulfil(.success(nil))
        continuation.finish()
    }

    /// Waits until it consumes for the first time.
    func started() async throws { try await start.answer() }

    /// Consumes until closed.
    func run() async {
        var backoff = session.makeBackoff()
        var generator = SystemRandomNumberGenerator()
        var failingSince: ContinuousClock.Instant?
        var isFirst = true
        var isInterrupted = false
        defer { if isInterrupted { options.interruption(false) } }
        do {
            while !isClosed {
                do {
                    let ended = try await consume(again: !isFirst)
                    let began = ContinuousClock.now
                    start.fulfil(.success(()))
                    if isInterrupted { options.interruption(false) }
                    isInterrupted = false
                    failingSince = nil
                    isFirst = false
                    let reason = try await ended.answer()
                    if let reason {
                        isInterrupted = true
                        options.interruption(true)
                        session.logger.warning(
                            "A consumer ended; it starts again",
                            metadata: [LogKey.queue: "\(queue)", LogKey.reason: "\(reason)"])
                    }
                    await state.withLock { $0.channel }?.close()
                    // A consumer that the broker ends as soon as it began is not restarted at full speed.
                    if .now - began > .seconds(1) {
                        backoff.reset()
                    } else if reason != nil {
                        try await Task.sleep(for: backoff.next(using: &generator))
                    }
                } catch let error as AMQPError {
                    let began = failingSince ?? .now
                    failingSince = error.code == .connectionLost || error.code == .closedByBroker ? nil : began
                    let usual = Self.mayRetry(error, isFirst: isFirst) ? options.recoveryTime : .zero
                    guard .now - began < options.patience(error, isFirst) ?? usual else { throw error }
                    session.logger.debug(
                        "A queue cannot be consumed yet",
                        metadata: [LogKey.queue: "\(queue)", LogKey.reason: "\(error)"])
                    let pause = backoff.next(using: &generator)
                    try await Task.sleep(for: options.mostPause.map { min($0, pause) } ?? pause)
                }
            }
            finish(nil)
        } catch {
            finish(error)
        }
    }

    private var isClosed: Bool { state.withLock { $0.isClosed } }

    /// Opens a channel and consumes on it; the slot is fulfilled when that has ended.
    private func consume(again: Bool) async throws -> ReplySlot<AMQPError?> {
        let ended = ReplySlot<AMQPError?>()
        let channel = try await session.connection().openChannel { _, error in ended.fulfil(.success(error)) }
        let isClosed = state.withLock { state in
            state.channel = channel
            state.ended = ended
            state.isSettled = false
            state.tag = nil
            return state.isClosed
        }
        // Closed while there was no channel to close: this one must not start to consume.
        guard !isClosed else { throw AMQPSession.closedError }
        try await prepare(channel)
        if again && options.tellsRenewal { continuation.yield([]) }
        try await settle(channel, ended)
        return ended
    }

    /// Makes a channel without a consumer consume as the prefetch requires, also if that changes meanwhile.
    private func settle(_ channel: AMQPChannel, _ ended: ReplySlot<AMQPError?>) async throws {
        while true {
            let prefetch = state.withLock { $0.prefetch }
            let tag = prefetch > 0 || options.noAck ? try await begin(channel, prefetch: prefetch, ended) : nil
            let isSettled = state.withLock { state in
                guard state.channel === channel else { return true }
                state.isSettled = state.prefetch == prefetch
                if state.isSettled { state.tag = tag }
                return state.isSettled
            }
            if isSettled { return }
            if let tag { try await channel.request(.cancel(tag: tag)) }
        }
    }

    private func begin(
        _ channel: AMQPChannel, prefetch: Int, _ ended: ReplySlot<AMQPError?>
    ) async throws -> String {
        let continuation = continuation
        let delivered = options.delivered
        let metrics = session.metrics
        let sink = ConsumerSink(
            deliver: {
                metrics.delivered($0.count)
                delivered($0)
                continuation.yield($0)
            },
            end: { error in
                // Without an error this side ended it: closing the channel fulfils the slot, and otherwise the
                // subscription continues.
                if let error { ended.fulfil(.success(error)) }
            })
        return try await channel.consume(
            queue, prefetch: options.noAck ? nil : prefetch, noAck: options.noAck, isExclusive: options.isExclusive,
            arguments: options.renewedArguments?() ?? options.arguments, sink: sink)
    }

    /// Whether an error may pass by itself. At the start a missing or locked queue is a mistake of the user; after a
    /// reconnect the broker may not have recovered it yet, and may still hold an exclusive queue for our own dead
    /// connection.
    private static func mayRetry(_ error: AMQPError, isFirst: Bool) -> Bool {
        switch error.code {
        case .notFound, .resourceLocked: !isFirst
        default: error.isTransient
        }
    }

    private func finish(_ error: (any Error)?) {
        let isOurs = isClosed || error is CancellationError || (error as? AMQPError)?.code == .closed
        start.fulfil(.failure(error ?? AMQPSession.closedError))
        continuation.finish(throwing: isOurs ? nil : error)
        state.withLock { state in
            state.channel = nil
            state.isClosed = true
        }
    }
}
