import AMQPMessages
import Dispatch
import Synchronization
import WarrenMessaging

/// A transport between the roles of one process, written with nothing but what another package can reach.
///
/// All work is done on one serial queue, so that deliveries and outcomes leave in the order in which they were decided. A
/// message is confirmed when it is in its queues: these end with the process, as the stores of a hub on it should.
final class MailRoom: MessageTransport {
    private let desk = DispatchQueue(label: "mail-room")
    private let state = Mutex(MailRoomState())

    var outlivesProcess: Bool { false }

    func publish(_ messages: [OutboundMessage], completion: @escaping @Sendable ([PublishOutcome]) -> Void) {
        desk.async { [self] in
            let (outcomes, deliveries) = state.withLock { state in
                (messages.map { state.take($0) }, state.handOut())
            }
            for delivery in deliveries { delivery.reader.yield(delivery.messages) }
            completion(outcomes)
        }
    }

    func consume(_ queue: String, prefetch: Int) async throws -> any MessageSubscription {
        try await consume(queue, prefetch: prefetch, on: ConsumeTerms())
    }

    func consume(
        _ queue: String, prefetch: Int, on terms: ConsumeTerms
    ) async throws -> any MessageSubscription {
        if let lock = terms.lock { try await perform { try $0.acquire(lock) } }
        do {
            try await terms.admit(false)
            return try await subscribe { state, reader in
                try state.consume(queue, prefetch: prefetch, lock: terms.lock, reader: reader)
            }
        } catch {
            if let lock = terms.lock { try await perform { _ = $0.locks.remove(lock) } }
            throw error
        }
    }

    func consumeReplies(_ queue: String) async throws -> any MessageSubscription {
        try await subscribe { state, reader in
            try state.addExclusive(queue, mostMessages: .max)
            return state.add(.init(queue: queue, prefetch: .max, acknowledges: false, lock: nil, reader: reader))
        }
    }

    func watch(
        _ exchange: String, routingKey: String, queue: String, prefetch: Int
    ) async throws -> any MessageSubscription {
        try await subscribe { state, reader in
            guard state.exchanges[exchange] != nil else { throw MailRoomState.missing("exchange", exchange) }
            try state.addExclusive(queue, mostMessages: 10_000)
            state.bindings.append(.init(queue: queue, exchange: exchange, routingKey: routingKey))
            return state.add(.init(queue: queue, prefetch: prefetch, acknowledges: true, lock: nil, reader: reader))
        }
    }

    func provision(_ topology: Topology) async throws -> [String] {
        try await perform { try $0.provision(topology) }
    }

    func verify(_ topology: Topology) async throws -> [String] {
        try await perform { try $0.verify(topology) }
    }

    func depth(of queue: String) async throws -> Int { try await load(of: queue).messages }

    func load(of queue: String) async throws -> QueueLoad {
        try await perform { state in
            guard let found = state.queues[queue] else { throw MailRoomState.missing("queue", queue) }
            return QueueLoad(queue: queue, messages: found.ready.count, consumers: found.readers.count)
        }
    }

    func deleteQueue(_ queue: String) async throws {
        try await perform { $0.removeQueue(queue) }
    }

    func deleteExchange(_ exchange: String) async throws {
        try await perform { state in
            state.exchanges[exchange] = nil
            state.bindings.removeAll { $0.exchange == exchange }
        }
    }

    func shutdown() async {
        await withCheckedContinuation { done in
            desk.async { [self] in
                for reader in state.withLock({ $0.shutdown() }) { reader.finish() }
                done.resume()
            }
        }
    }

    /// Changes the state on the desk, and delivers what then can be delivered.
    fileprivate func perform<Result: Sendable>(
        _ change: @escaping @Sendable (inout MailRoomState) throws -> Result
    ) async throws -> Result {
        try await withCheckedThrowingContinuation { done in
            desk.async { [self] in
                let (result, deliveries) = state.withLock { state in
                    let result = Swift.Result {
                        guard !state.isClosed else { throw MessagingError(.closed, "The mail room is closed.") }
                        return try change(&state)
                    }
                    return (result, state.handOut())
                }
                for delivery in deliveries { delivery.reader.yield(delivery.messages) }
                done.resume(with: result)
            }
        }
    }

    private func subscribe(
        _ add: @escaping @Sendable (inout MailRoomState, MailRoomState.Reader) throws -> UInt64
    ) async throws -> any MessageSubscription {
        let (batches, reader) = AsyncThrowingStream.makeStream(of: [InboundMessage].self)
        let number = try await perform { try add(&$0, reader) }
        return MailRoomSubscription(batches: batches, room: self, number: number)
    }

    fileprivate func acknowledge(_ tags: [DeliveryTag], by number: UInt64) {
        desk.async { [self] in
            let deliveries = state.withLock { state in
                state.acknowledge(tags, by: number)
                return state.handOut()
            }
            for delivery in deliveries { delivery.reader.yield(delivery.messages) }
        }
    }

    fileprivate func setPrefetch(_ prefetch: Int, of number: UInt64) async {
        // A room that is closed delivers nothing anyway.
        try? await perform { $0.consumers[number]?.prefetch = prefetch }
    }

    fileprivate func close(_ number: UInt64) async {
        // The consumers of a room that is closed have ended with it.
        try? await perform { $0.close(number) }
    }
}

/// A consumer of a queue in a mail room.
private final class MailRoomSubscription: MessageSubscription {
    let batches: AsyncThrowingStream<[InboundMessage], any Error>
    private let room: MailRoom
    private let number: UInt64

    init(batches: AsyncThrowingStream<[InboundMessage], any Error>, room: MailRoom, number: UInt64) {
        self.batches = batches
        self.room = room
        self.number = number
    }

    func acknowledge(_ tags: [DeliveryTag]) { room.acknowledge(tags, by: number) }

    func setPrefetch(_ prefetch: Int) async { await room.setPrefetch(prefetch, of: number) }

    func close() async { await room.close(number) }
}
