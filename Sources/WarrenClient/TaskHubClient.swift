package import CoreMetrics
package import Logging
import Synchronization
package import Warren
package import WarrenMessaging

/// Starts, controls and queries the orchestrations of one task hub, over messages.
///
/// ```swift
/// let client = try await TaskHubClient.connect(broker: "amqp://guest:guest@127.0.0.1:5672/")
/// let instance = try await client.start(Greetings.helloCities, ["Tokyo", "Seattle"])
/// print(try await instance.result())
/// await client.close()
/// ```
///
/// A hub takes any number of clients. Each has a reply queue of its own, which lives as long as its connection; answers
/// lost with a connection are requested again.
///
/// Every message carries an ID of its own and is published again with the same ID while its outcome is unknown, so the
/// hub takes it once.
public final class TaskHubClient: Sendable {
    /// The hub's name.
    public let hub: String
    /// The time that calls wait for an answer by default.
    public let timeout: Duration

    let transport: any MessageTransport
    let replies: ReplyRouter
    let logger: Logger
    let clock: any Clock<Duration>
    let messages: RequestEncoder
    let codec: any PayloadCodec
    /// Exchanges large payloads for references; `nil` for a client without the hub's payload folder.
    let claims: ClaimCheck?
    let metrics: ClientMetrics
    let shared = SharedStatuses()

    private let ownsTransport: Bool
    /// The number of partitions of the hub, once it is known; it never changes.
    private let partitions = Mutex<Int?>(nil)
    /// The one task of a client: it handles replies until ``close()``, which ends it.
    private let replyTask: Mutex<Task<Void, Never>?>

    /// A client over a transport that its caller owns.
    ///
    /// - Parameters:
    ///   - holdLimit: the time for which a host may hold a start of an unknown orchestration, or an event for an unknown
    ///     instance, before it refuses it permanently.
    ///   - claims: the hub's payload folder, if the client has it.
    package convenience init(
        hub: String = "warren", transport: any MessageTransport, timeout: Duration = .seconds(30),
        codec: any PayloadCodec = JSONPayloadCodec(), claims: ClaimCheck? = nil, metrics: (any MetricsFactory)? = nil,
        logger: Logger = Logger(label: "warren.client"),
        clock: any Clock<Duration> = ContinuousClock(), holdLimit: Duration = .seconds(2)
    ) async throws {
        try await self.init(
            hub: hub, transport: transport, ownsTransport: false, timeout: timeout, codec: codec, claims: claims,
            metrics: metrics, logger: logger, clock: clock, holdLimit: holdLimit)
    }

    init(
        hub: String, transport: any MessageTransport, ownsTransport: Bool, timeout: Duration, codec: any PayloadCodec,
        claims: ClaimCheck?, metrics: (any MetricsFactory)?, logger: Logger, clock: any Clock<Duration>,
        holdLimit: Duration = .seconds(2)
    ) async throws {
        self.hub = hub
        self.metrics = ClientMetrics(metrics ?? MetricsSystem.factory, hub: hub)
        self.timeout = timeout
        self.transport = transport
        self.ownsTransport = ownsTransport
        self.codec = codec
        self.claims = claims
        self.logger = logger
        self.clock = clock
        let name: TaskHubName
        do {
            name = try TaskHubName(hub)
        } catch {
            throw ClientError(.invalidArgument, error.message)
        }
        let queue = "reply.\(hub).\(randomID())"
        let subscription: any MessageSubscription
        do {
            subscription = try await transport.consumeReplies(queue)
        } catch let error as CancellationError {
            throw error
        } catch {
            throw ClientError(
                .unreachable, "The broker does not let this client have its queue for replies, 'reply.\(hub).…'.",
                cause: error)
        }
        let replies = ReplyRouter(queue: queue, subscription: subscription, logger: logger)
        self.replies = replies
        // A fraction of the client's own time limit, so that a refusal arrives before the client gives up.
        messages = RequestEncoder(hub: name, replyQueue: queue, holdLimit: min(holdLimit, timeout / 4))
        replyTask = Mutex(nil)
        let task = Task { [weak self] in
            await replies.run { unanswered in self?.publishAgain(unanswered) }
        }
        replyTask.withLock { $0 = task }
    }

    deinit {
        // The client was not closed: its task would wait for replies without end.
        replyTask.withLock { $0?.cancel() }
    }

    /// Ends the client. Callers that still wait get ``ClientError/Code/closed``; messages that were sent stay sent.
    public func close() async {
        await replies.stop()
        await replyTask.withLock { $0.take() }?.value
        if ownsTransport { await transport.shutdown() }
    }

    /// The names of the orchestrations that the hub's hosts have registered, sorted: from the host that answers first.
    ///
    /// - Parameter timeout: the time to wait for the answer; the client's ``timeout`` if absent.
    /// - Throws: ``ClientError``.
    public func orchestrations(timeout: Duration? = nil) async throws -> [String] {
        try await describe(timeout: timeout).orchestrations
    }

    func describe(timeout: Duration?) async throws -> HubDescription {
        let ids = RequestIDs.random()
        return try await ask(.describe, messages.query(.describe, ids: ids), ids, timeout: timeout).description()
    }

    /// The number of partitions of the hub, if it has been requested.
    var knownPartitionCount: Int? { partitions.withLock { $0 } }

    /// The number of partitions of the hub. Requested once, then remembered.
    package func partitionCount(timeout: Duration? = nil) async throws -> Int {
        if let known = partitions.withLock({ $0 }) { return known }
        let count = try await describe(timeout: timeout).partitionCount
        partitions.withLock { $0 = count }
        return count
    }

    /// The destinations to which the hub's orchestrator host cannot send at present.
    package func parkedDestinations(timeout: Duration? = nil) async throws -> [HubDescription.Parked] {
        try await describe(timeout: timeout).parked ?? []
    }

    /// The activities that the hub's orchestrator host runs itself, or that its instances have called since it started.
    package func activityNames(timeout: Duration? = nil) async throws -> [String] {
        try await describe(timeout: timeout).activities
    }
}
