package import AMQPMessages
import Dispatch
import Synchronization

/// Carries messages between roles of one process, without a broker.
///
/// One instance may serve several hosts and clients. It confirms a message into a work queue (one with a dead-letter
/// exchange) only when its consumer has acknowledged it, so a host's outbox still carries the durability; a message
/// into any other queue (console, dead letters, replies) is confirmed at once, because such a queue may never be read.
///
/// A record in a stream is confirmed at once.
///
/// Not imitated: expiration, delivery limits, dead lettering by the broker, headers exchanges.
package final class InProcessTransport: MessageTransport {
    private let broker = Mutex(InProcessBroker())
    // Completions run here and nowhere else, so that they never run inside `publish` and never side by side.
    private let callbacks = DispatchQueue(label: "warren.in-process-transport")

    /// - Parameter messageLimit: the largest body that is taken, in bytes.
    package init(messageLimit: Int = 8 << 20) {
        broker.withLock { $0.messageLimit = messageLimit }
    }

    package var outlivesProcess: Bool { false }

    package func publish(
        _ messages: [OutboundMessage], completion: @escaping @Sendable ([PublishOutcome]) -> Void
    ) {
        // Copied before the lock is taken, which all publishers and readers share.
        let messages = messages.map { BrokerQueue.Message($0) }
        perform(broker.withLock { $0.publish(messages, completion) })
    }

    package func consume(_ queue: String, prefetch: Int) async throws -> any MessageSubscription {
        try subscribe { broker throws(MessagingError) in try broker.consume(queue, prefetch: prefetch) }
    }

    package func consume(
        _ queue: String, prefetch: Int, on terms: ConsumeTerms
    ) async throws -> any MessageSubscription {
        if let lock = terms.lock { try broker.withLock { try $0.acquire(lock) } }
        do {
            try await terms.admit(false)
            return try subscribe { broker throws(MessagingError) in
                let (number, actions) = try broker.consume(queue, prefetch: prefetch)
                broker.consumers[number]?.lock = terms.lock
                return (number, actions)
            }
        } catch {
            if let lock = terms.lock { _ = broker.withLock { $0.locks.remove(lock) } }
            throw error
        }
    }

    package func consumeReplies(_ queue: String) async throws -> any MessageSubscription {
        try subscribe { broker throws(MessagingError) in try broker.consumeReplies(queue) }
    }

    package func watch(
        _ exchange: String, routingKey: String, queue: String, prefetch: Int
    ) async throws -> any MessageSubscription {
        try subscribe { broker throws(MessagingError) in
            try broker.watch(exchange, routingKey: routingKey, queue: queue, prefetch: prefetch)
        }
    }

    package func tail(_ stream: String, from start: StreamStart) async throws -> any MessageSubscription {
        try subscribe { broker throws(MessagingError) in try broker.tail(stream, from: start) }
    }

    package func deleteQueue(_ queue: String) async throws {
        let result = broker.withLock { broker in
            Result { () throws(MessagingError) in try broker.delete(queue) }
        }
        perform(try result.get())
    }

    @discardableResult
    package func provision(_ topology: Topology) async throws -> [String] {
        try broker.withLock { try $0.provision(topology) }
    }

    @discardableResult
    package func verify(_ topology: Topology) async throws -> [String] {
        try broker.withLock { try $0.verify(topology) }
    }

    package func depth(of queue: String) async throws -> Int { try await load(of: queue).messages }

    package func load(of queue: String) async throws -> QueueLoad {
        try broker.withLock { broker in
            try broker.checkOpen()
            guard let number = broker.queueNumbers[queue], let found = broker.queues[number] else {
                throw MessagingError(.missing, "There is no queue '\(queue)'.")
            }
            if let stream = found.stream {
                return QueueLoad(queue: queue, messages: stream.count, consumers: stream.readers.count)
            }
            return QueueLoad(queue: queue, messages: found.ready.count, consumers: found.consumers.count)
        }
    }

    package func shutdown() async {
        perform(broker.withLock { $0.shutdown() })
        await withCheckedContinuation { done in callbacks.async { done.resume() } }
    }

    // MARK: - For tests

    /// The number of published messages that wait for an acknowledgement.
    package var unsettled: Int { broker.withLock { $0.unsettled } }

    /// Whether the condition that ``quiescence()`` waits for holds.
    package var isQuiescent: Bool { broker.withLock { $0.isQuiescent } }

    /// Plants a fault, after those that the stream has. The stream may be made later.
    package func plantStreamFault(on stream: String, _ fault: StreamFault) {
        broker.withLock { $0.faults[stream, default: []].append(fault) }
    }

    /// Stores and confirms the records that ``StreamFault/delay(_:)`` holds back, behind all others, and ends that
    /// fault.
    package func releaseStream(_ stream: String) {
        perform(broker.withLock { $0.release(stream) })
    }

    /// Waits until every message in a queue that has a consumer is acknowledged (without acknowledgements: read), every
    /// tail has read its stream to the end, and every completion has returned. Returns early if the task is cancelled.
    package func quiescence() async {
        let number = broker.withLock { broker in
            broker.lastWaiter += 1
            return broker.lastWaiter
        }
        await withTaskCancellationHandler {
            await withCheckedContinuation { waiter in
                let isQuiescent = broker.withLock { broker in
                    if !broker.isQuiescent { broker.waiters[number] = waiter }
                    return broker.isQuiescent
                }
                if isQuiescent { return waiter.resume() }
                // Cancelled before the wait was registered: the handler has run and found nothing.
                if Task.isCancelled { stopWaiting(number) }
            }
        } onCancel: {
            stopWaiting(number)
        }
    }

    private func stopWaiting(_ number: Int) {
        broker.withLock { $0.waiters.removeValue(forKey: number) }?.resume()
    }

    // MARK: - For subscriptions

    func next(_ consumer: Int) async throws -> [InboundMessage]? {
        if let batch = await read(consumer) { return batch.messages }
        if let failure = broker.withLock({ $0.failures.removeValue(forKey: consumer) }) { throw failure }
        return nil
    }

    private func read(_ consumer: Int) async -> BrokerBatch? {
        await withTaskCancellationHandler {
            await withUnsafeContinuation { waiter in
                let (reading, actions) = broker.withLock { $0.read(consumer, waiter: waiter) }
                switch reading {
                case .batch(let batch): waiter.resume(returning: batch)
                case .ended: waiter.resume(returning: nil)
                case .later: break
                }
                perform(actions)
                if case .later = reading, Task.isCancelled { stopReading(consumer) }
            }
        } onCancel: {
            stopReading(consumer)
        }
    }

    func acknowledge(_ tags: [DeliveryTag], by consumer: Int) {
        perform(broker.withLock { $0.acknowledge(tags, by: consumer) })
    }

    func setPrefetch(_ prefetch: Int, of consumer: Int) {
        perform(broker.withLock { $0.setPrefetch(prefetch, of: consumer) })
    }

    func close(_ consumer: Int) {
        perform(broker.withLock { $0.close(consumer) })
    }

    private func stopReading(_ consumer: Int) {
        perform(broker.withLock { $0.stopReading(consumer) })
    }

    private func subscribe(
        _ body: (inout InProcessBroker) throws(MessagingError) -> (Int, BrokerActions)
    ) throws(MessagingError) -> InProcessSubscription {
        let result = broker.withLock { broker in
            Result { () throws(MessagingError) in try body(&broker) }
        }
        let (number, actions) = try result.get()
        perform(actions)
        return InProcessSubscription(transport: self, consumer: number)
    }

    private func perform(_ actions: BrokerActions) {
        actions.perform {
            callbacks.async { self.runCompletions() }
        }
    }

    /// Runs completed publishes until none is left, in the order of their completion.
    private func runCompletions() {
        while true {
            let (ready, actions) = broker.withLock { broker in
                let ready = broker.completions
                broker.completions = []
                if ready.isEmpty { broker.isRunningCompletions = false }
                return (ready, broker.finish())
            }
            actions.perform {}
            if ready.isEmpty { return }
            for (completion, outcomes) in ready { completion(outcomes) }
        }
    }
}
