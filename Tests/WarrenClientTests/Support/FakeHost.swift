import AMQPMessages
import Synchronization
import Warren
import WarrenMessaging

/// As much of a host as a client can see: takes what clients send to a hub, and answers as a test
/// says. It keeps no history.
final class FakeHost: Sendable {
    let hub: TaskHubName
    let partitions: Int
    /// What clients asked for, decoded, in the order it came.
    let commands: AsyncStream<(command: Command, partition: Int?)>

    private let transport: any MessageTransport
    private let continuation: AsyncStream<(command: Command, partition: Int?)>.Continuation
    private let descriptions = Mutex(0)

    private init(hub: TaskHubName, partitions: Int, transport: any MessageTransport) {
        self.hub = hub
        self.partitions = partitions
        self.transport = transport
        (commands, continuation) = AsyncStream.makeStream()
    }

    /// Provisions a hub and serves it for as long as the body runs.
    static func serving(
        _ transport: any MessageTransport, partitions: Int = 3,
        _ body: @escaping @Sendable (FakeHost) async throws -> Void
    ) async throws {
        let hub = try TaskHubName("warren")
        try await transport.provision(TaskHubTopology.hub(hub, partitions: partitions))
        let host = FakeHost(hub: hub, partitions: partitions, transport: transport)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for queue in [hub.intakeQueue, hub.queryQueue] {
                let subscription = try await transport.consume(queue, prefetch: 100)
                group.addTask { try await host.serve(subscription) }
            }
            defer { group.cancelAll() }
            try await body(host)
        }
    }

    /// The next command, of any kind.
    func next() async throws -> Command {
        for await (command, _) in commands { return command }
        throw Unexpected()
    }

    /// The next command, which is to be a question, and the partition that was asked; `nil` if none in particular.
    func nextQueryAndPartition() async throws -> (QueryCommand, Int?) {
        for await (command, partition) in commands {
            guard case .query(let query) = command else { throw Unexpected() }
            if query.question == .describe { descriptions.withLock { $0 += 1 } }
            return (query, partition)
        }
        throw Unexpected()
    }

    /// How often it was asked what the hub is.
    var described: Int { descriptions.withLock { $0 } }

    /// The next command, which is to be a start.
    func nextStart() async throws -> StartCommand {
        guard case .start(let command) = try await next() else { throw Unexpected() }
        return command
    }

    /// The next command, which is to be a question.
    func nextQuery() async throws -> QueryCommand {
        guard case .query(let query) = try await next() else { throw Unexpected() }
        return query
    }

    /// Answers whoever asked.
    func reply(
        to context: CommandContext, _ status: ReplyMessage.Status, _ body: Payload = .null, instanceID: String? = nil
    ) {
        guard let address = context.reply else { return }
        let reply = ReplyMessage(address: address, status: status, instanceID: instanceID, body: body)
        transport.publish([ReplyCodec.encode(reply)]) { _ in }
    }

    /// Refuses.
    func reply(to context: CommandContext, rejecting refusal: Refusal) {
        guard let address = context.reply else { return }
        transport.publish([ReplyCodec.encode(ReplyCodec.rejection(refusal, to: address))]) { _ in }
    }

    /// Prints lines to the console queue.
    func print(_ lines: ConsoleMessage...) {
        transport.publish(lines.map(ConsoleCodec(hub: hub).encode)) { _ in }
    }

    private func serve(_ subscription: any MessageSubscription) async throws {
        let intake = IntakeDecoder(hub: hub)
        for try await batch in subscription.batches {
            for message in batch {
                let command = try intake.command(from: message).get()
                subscription.acknowledge([message.tag])
                continuation.yield((command, command.askedPartition))
            }
        }
    }

    struct Unexpected: Error {}
}

extension Command {
    /// The partition that a list or a purge asks.
    fileprivate var askedPartition: Int? {
        switch self {
        case .purge(let purge): return purge.partition
        case .query(let query):
            switch query.question {
            case .statuses, .list, .count, .damaged: return query.partition
            case .status, .wait, .describe, .state: return nil
            }
        default: return nil
        }
    }
}
