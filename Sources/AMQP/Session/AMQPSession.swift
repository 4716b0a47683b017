package import Logging
import Synchronization
package import WarrenSupport

/// A connection that is restored after a loss: another one is opened, and publishers and subscriptions are set up on it
/// as they were. Of a cluster it is connected to one node, and after a loss tries the next one first.
///
/// Attempts are repeated with growing, jittered pauses, without end; only ``close()`` stops them. Losses with a
/// connection are reported, not hidden: publishes without a confirm end as `unknown` and are for the caller to repeat;
/// unacknowledged deliveries arrive again with new tags.
///
/// Must be closed: its work goes on until then.
package final class AMQPSession: Sendable {
    /// From 100 ms, doubled up to 10 s. Never quite zero: a broker that refuses at once must not be overloaded.
    package static let standardBackoff = Backoff(first: .milliseconds(100), ceiling: .seconds(10), jitter: 0.1...1)

    /// The events of the session. For one reader; the latest 64 are kept.
    package let events: AsyncStream<SessionEvent>
    let logger: Logger
    package let endpoint: AMQPConfiguration
    package let metrics: ConnectionMetrics
    private let backoff: Backoff
    private let machine: Mutex<SessionMachine<AMQPConnection, ReplySlot<AMQPConnection>>>
    private let eventsContinuation: AsyncStream<SessionEvent>.Continuation
    private let jobs: AsyncStream<@Sendable () async -> Void>.Continuation
    /// The task that keeps the session connected; its children set up publishers and subscriptions.
    private let supervisor = Mutex<Task<Void, Never>?>(nil)

    /// Connects to a broker.
    ///
    /// - Throws: ``AMQPError`` at once when the first attempt fails at each of the nodes.
    package static func connect(
        _ endpoint: AMQPConfiguration, backoff: Backoff = AMQPSession.standardBackoff,
        metrics: ConnectionMetrics = .none, logger: Logger
    ) async throws -> AMQPSession {
        let connection = try await open(endpoint, logger: logger)
        return AMQPSession(connection, endpoint: endpoint, backoff: backoff, metrics: metrics, logger: logger)
    }

    private init(
        _ first: AMQPConnection, endpoint: AMQPConfiguration, backoff: Backoff, metrics: ConnectionMetrics,
        logger: Logger
    ) {
        self.endpoint = endpoint
        self.metrics = metrics
        self.backoff = backoff
        self.logger = logger
        machine = Mutex(SessionMachine(first))
        (events, eventsContinuation) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(64))
        let (jobs, jobsContinuation) = AsyncStream.makeStream(of: (@Sendable () async -> Void).self)
        self.jobs = jobsContinuation
        let task = Task {
            await withDiscardingTaskGroup { group in
                group.addTask { await self.keepConnected(first) }
                for await job in jobs { group.addTask { await job() } }
                group.cancelAll()
            }
        }
        supervisor.withLock { $0 = task }
    }

    /// Ends everything: publishes without a confirm end as `unknown`, subscriptions finish.
    package func close() async {
        let (connection, waiters) = machine.withLock { $0.close() }
        for waiter in waiters { waiter.fulfil(.failure(Self.closedError)) }
        await connection?.close()
        // Jobs that were added before still start, find the session closed, and inform their callers.
        jobs.finish()
        await supervisor.withLock { $0 }?.value
        eventsContinuation.finish()
    }

    /// A publisher in confirm mode.
    package func makePublisher() -> AMQPPublisher {
        let publisher = AMQPPublisher(session: self, heldBytesLimit: endpoint.pendingBytesLimit)
        if !run({ await publisher.run() }) { publisher.close() }
        return publisher
    }

    /// Consumes a queue, again after every reconnect.
    ///
    /// - Parameter prepare: run on the channel before each consume, for example to declare an exclusive queue.
    /// - Throws: when the first attempt is refused permanently (`notFound`, `permissionDenied`, `preconditionFailed`).
    package func subscribe(
        _ queue: String, options: SubscriptionOptions = SubscriptionOptions(),
        prepare: @escaping @Sendable (AMQPChannel) async throws -> Void = { _ in }
    ) async throws -> AMQPSubscription {
        let subscription = AMQPSubscription(session: self, queue: queue, options: options, prepare: prepare)
        guard run({ await subscription.run() }) else { throw Self.closedError }
        try await subscription.started()
        return subscription
    }

    /// Opens a separate channel for requests, because the broker closes a channel when it refuses a request.
    ///
    /// - Throws: the error of the body; `timeout` when there is no connection within the time limit of a request.
    @discardableResult
    package func withChannel<Result: Sendable>(
        _ body: @Sendable (AMQPChannel) async throws -> Result
    ) async throws -> Result {
        let channel = try await connection(within: endpoint.requestTimeout).openChannel()
        do {
            let result = try await body(channel)
            await channel.close()
            return result
        } catch {
            await channel.close()
            throw error
        }
    }

    /// What the broker of the present connection says of itself.
    ///
    /// - Throws: `timeout` when there is no connection within the time limit of a request.
    package func broker() async throws -> BrokerIdentity {
        try await connection(within: endpoint.requestTimeout).broker
    }

    /// The number of published bytes that the socket has not taken; see ``AMQPConnection/pendingBytes``.
    package var pendingBytes: Int {
        machine.withLock { machine in
            if case .connected(let connection) = machine.state { connection.pendingBytes } else { 0 }
        }
    }

    /// The error of calls to a closed session.
    static var closedError: AMQPError { AMQPError(.closed, "the session was closed") }

    /// The connection, as soon as there is one.
    func connection() async throws -> AMQPConnection {
        let slot = ReplySlot<AMQPConnection>()
        switch machine.withLock({ $0.wait(slot) }) {
        case .use(let connection): return connection
        case .refuse: throw Self.closedError
        case .wait: return try await slot.answer()
        }
    }

    /// The pauses before attempts; a fresh sequence for each series of failures.
    func makeBackoff() -> Backoff { backoff }

    /// - Returns: false when the session is closed and the job will not run.
    func run(_ job: @escaping @Sendable () async -> Void) -> Bool {
        if case .terminated = jobs.yield(job) { false } else { true }
    }

    func connection(within limit: Duration) async throws -> AMQPConnection {
        try await withThrowingTaskGroup(of: AMQPConnection.self) { group in
            group.addTask { try await self.connection() }
            group.addTask {
                try await Task.sleep(for: limit)
                throw AMQPError(.timeout, "there was no connection to the broker for \(limit)")
            }
            defer { group.cancelAll() }
            guard let connection = try await group.next() else { throw Self.closedError }
            return connection
        }
    }

    // MARK: Supervision

    private func keepConnected(_ first: AMQPConnection) async {
        var connection = first
        metrics.opened()
        while true {
            for await event in connection.events {
                switch event {
                case .blocked(let reason):
                    metrics.wasBlocked()
                    eventsContinuation.yield(.blocked(reason: reason))
                case .unblocked:
                    metrics.unblocked()
                    eventsContinuation.yield(.unblocked)
                case .closed: break
                }
            }
            let reason = connection.closeReason ?? Self.closedError
            guard machine.withLock({ $0.lost() }) else { return metrics.closed() }
            metrics.wasLost()
            logger.warning("The broker connection is lost", metadata: [LogKey.reason: "\(reason)"])
            eventsContinuation.yield(.disconnected(reason))
            guard let next = await reconnect(after: connection), let waiters = machine.withLock({ $0.connected(next) })
            else { return }
            metrics.reconnected()
            logger.info(
                "Connected to the broker again", metadata: [LogKey.endpoint: "\(next.configuration.redactedURL)"])
            eventsContinuation.yield(.connected(next.configuration))
            for waiter in waiters { waiter.fulfil(.success(next)) }
            connection = next
        }
    }

    /// Connects to the first node that takes it.
    ///
    /// - Parameter lost: the node that was lost, which is tried last.
    /// - Throws: the error of the node that was tried first, with those of the others in its text.
    private static func open(
        _ endpoint: AMQPConfiguration, after lost: AMQPNode? = nil, logger: Logger
    ) async throws -> AMQPConnection {
        var failure: AMQPError?
        for node in endpoint.nodes(after: lost) {
            do {
                return try await AMQPConnection.open(endpoint.at(node), logger: logger)
            } catch let error as AMQPError {
                if failure == nil { failure = error } else { failure?.message += "; \(error.message)" }
            }
        }
        throw failure ?? Self.closedError
    }

    /// Tries until it succeeds; `nil` when the session was closed meanwhile.
    private func reconnect(after lost: AMQPConnection) async -> AMQPConnection? {
        let lost = AMQPNode(host: lost.configuration.host, port: lost.configuration.port)
        var backoff = backoff
        var generator = SystemRandomNumberGenerator()
        while !Task.isCancelled {
            do {
                return try await Self.open(endpoint, after: lost, logger: logger)
            } catch {
                logger.debug("The broker cannot be reached", metadata: [LogKey.reason: "\(error)"])
            }
            do {
                try await Task.sleep(for: backoff.next(using: &generator))
            } catch {
                return nil
            }
        }
        return nil
    }
}
