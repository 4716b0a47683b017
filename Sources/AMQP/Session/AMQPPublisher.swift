package import AMQPMessages
import Logging
import Synchronization
import WarrenSupport

/// Publishes with confirms over the present connection of its session.
///
/// While there is none, messages are kept up to `AMQPConfiguration.pendingBytesLimit` and sent in order when there is
/// one. Messages that were sent and not confirmed when a channel or connection ends are `unknown`: the caller publishes
/// them again, and consumers must expect duplicates.
package final class AMQPPublisher: Sendable {
    private let session: AMQPSession
    private let machine: Mutex<PublisherMachine<AMQPChannel>>
    /// Fulfilled to end the use of the present channel, so that another one is opened.
    private let turn = Mutex<ReplySlot<Void>?>(nil)
    private let closures: ClosureLog
    private let metrics: ConnectionMetrics

    /// The age from which on a channel is replaced on the suspicion that it loses messages.
    private static let ageToDistrust: Duration = .seconds(2)
    /// The time for which a replaced channel is kept for outstanding confirms.
    private static let lingering: Duration = .seconds(30)

    init(session: AMQPSession, heldBytesLimit: Int) {
        self.session = session
        machine = Mutex(PublisherMachine(heldBytesLimit: heldBytesLimit))
        closures = ClosureLog(logger: session.logger)
        metrics = session.metrics
    }

    /// Publishes messages in order, without waiting.
    ///
    /// - Parameter completion: called once with one outcome per message; on the connection's thread, or on the caller's
    ///   when the messages are refused at once (the session is closed, or too much is kept already).
    package func publish(_ messages: [OutboundMessage], completion: @escaping PublishCompletion) {
        let start = ContinuousClock.now
        let counted: PublishCompletion = { [weak self, metrics] outcomes in
            switch metrics.published(outcomes, since: start) {
            case .refused: self?.noteRefusal()
            case .unconfirmed: self?.noteSilence(since: start)
            case nil: break
            }
            completion(outcomes)
        }
        let size = messages.reduce(0) { $0 + $1.approximateSize }
        // Many threads publish at the same time: nothing is done under the lock that can be done before or after.
        let (action, sleeper) = machine.withLock { machine in
            let action = machine.publish(messages, counted)
            guard case .forward(let channel) = action else { return (action, nil as AMQPChannel?) }
            switch channel.offer(messages, size: size, completion: counted) {
            case .taken(let mustWake): return (action, mustWake ? channel : nil)
            case .refused: return (machine.refused(messages, counted), nil)
            }
        }
        sleeper?.wake()
        if case .refuse(let reason) = action {
            counted(Array(repeating: .unknown(reason: reason), count: messages.count))
        }
    }

    /// Publishes messages and waits for the outcome of each. Waits first while more than
    /// `AMQPConfiguration.pendingBytesLimit` has not been written yet.
    ///
    /// - Throws: `CancellationError` when the task is cancelled: before the call nothing is sent; during it the
    ///   messages are in flight and their outcome stays unknown.
    package func publish(_ messages: [OutboundMessage]) async throws -> [PublishOutcome] {
        try Task.checkCancellation()
        try await machine.withLock { $0.channel }?.connection.mailbox.waitForCapacity()
        let slot = ReplySlot<[PublishOutcome]>()
        publish(messages) { slot.fulfil(.success($0)) }
        return try await slot.answer()
    }

    /// Publishes one message and waits for its outcome; otherwise like the call with several.
    package func publish(_ message: OutboundMessage) async throws -> PublishOutcome {
        try await publish([message]).first ?? .refused
    }

    /// Publishes one message over a channel of its own, which ends with it: a refusal by the broker affects no other
    /// message, and is certain to be meant for this one.
    ///
    /// A channel that was refused stays refused on RabbitMQ 3.10.8 although the queue takes messages again. So when a
    /// message is confirmed here, and the publisher's own channel has been refused, that channel is replaced.
    ///
    /// - Parameter completion: called once, with ``PublishOutcome/rejected(code:text:)`` when the broker closes the
    ///   channel over the message.
    package func publishAlone(
        _ message: OutboundMessage, completion: @escaping @Sendable (PublishOutcome) -> Void
    ) {
        let isRunning = session.run { [self] in
            let start = ContinuousClock.now
            let outcome = await outcomeAlone(of: message)
            _ = metrics.published([outcome], since: start)
            if outcome == .confirmed, machine.withLock({ $0.renewal(isCertain: true, at: .now) }) { renew() }
            completion(outcome)
        }
        if !isRunning { completion(.unknown(reason: "the session was closed")) }
    }

    /// Publishes over another channel from now on, because messages do not arrive although nothing reports an error.
    ///
    /// RabbitMQ 3.10.8 does not tell a channel of a stream's new leader if the channel was opened while the cluster had
    /// lost a node and did not know it yet: what is published over it to that stream vanishes for as long as it is open.
    /// Confirms that the present channel still owes are waited for; nothing happens if it was opened a moment ago.
    package func replaceChannel() {
        if machine.withLock({ $0.silence(since: .now - Self.ageToDistrust) }) { renew() }
    }

    /// Keeps a channel open until the session is closed.
    func run() async {
        await withDiscardingTaskGroup { group in
            var backoff = session.makeBackoff()
            var generator = SystemRandomNumberGenerator()
            while !Task.isCancelled {
                do {
                    let ended = ReplySlot<Void>()
                    let channel = try await session.connection().openChannel { id, error in
                        self.machine.withLock { $0.ended(id: id) }
                        if let error { self.closures.note(error) }
                        ended.fulfil(.success(()))
                    }
                    try await channel.selectConfirms()
                    turn.withLock { $0 = ended }
                    let refused = resume(on: channel)
                    refuse(refused, "the connection ended again")
                    backoff.reset()
                    try await ended.answer()
                    // The channel is replaced rather than closed: confirms of its messages may still arrive.
                    group.addTask {
                        do { try await Task.sleep(for: Self.lingering) } catch { /* It is closed all the earlier. */  }
                        await channel.close()
                    }
                } catch {
                    if (error as? AMQPError)?.code == .closed || error is CancellationError { break }
                    session.logger.debug("A publisher waits for a channel", metadata: [LogKey.reason: "\(error)"])
                    do { try await Task.sleep(for: backoff.next(using: &generator)) } catch { break }
                }
            }
            group.cancelAll()
        }
        close()
    }

    /// Ends kept and later messages as `unknown`.
    func close() {
        refuse(machine.withLock { $0.close() }, "the session was closed")
    }

    /// Records a refusal. After a series of refusals the channel is replaced from time to time: see
    /// ``publishAlone(_:completion:)``.
    private func noteRefusal() {
        if machine.withLock({ $0.renewal(isCertain: false, at: .now) }) { renew() }
    }

    /// Records that the broker has not confirmed a message in time: the channel may lose others as well, so it is
    /// replaced. RabbitMQ 3.10.8 was seen to lose publishes that met a queue just as it began to refuse.
    private func noteSilence(since start: ContinuousClock.Instant) {
        guard machine.withLock({ $0.silence(since: start) }) else { return }
        // Once for a channel, however many messages it leaves unconfirmed.
        session.logger.notice(
            "The broker has not confirmed messages in time; later ones go over another channel",
            metadata: [LogKey.took: "\(ContinuousClock.now - start)"])
        renew()
    }

    /// Publishes over another channel from now on.
    private func renew() {
        session.logger.debug("A publisher takes another channel")
        turn.withLock { $0 }?.fulfil(.success(()))
    }

    private func outcomeAlone(of message: OutboundMessage) async -> PublishOutcome {
        let reason = Mutex<AMQPError?>(nil)
        do {
            let timeout = session.endpoint.requestTimeout
            let connection = try await session.connection(within: timeout)
            let channel = try await connection.openChannel { _, error in reason.withLock { $0 = error } }
            defer { withExtendedLifetime(channel) {} }
            try await channel.selectConfirms()
            let outcome = try await withThrowingTaskGroup(of: PublishOutcome.self) { group in
                group.addTask { try await channel.publish(message) }
                group.addTask {
                    try await Task.sleep(for: timeout)
                    return .unknown(reason: "the broker did not confirm it for \(timeout)")
                }
                defer { group.cancelAll() }
                return try await group.next() ?? .unknown(reason: "nothing is known of it")
            }
            await channel.close()
            // No other message was on this channel, so this message is the reason why it ended.
            if case .unknown = outcome, let error = reason.withLock({ $0 }), let code = error.replyCode,
                error.code != .closedByBroker, error.code != .connectionLost, error.code != .brokerFailure
            {
                return .rejected(code: code, text: error.message)
            }
            return outcome
        } catch {
            return .unknown(reason: "\(error)")
        }
    }

    /// Sends the kept messages; returns those that the channel does not take any more.
    private func resume(on channel: AMQPChannel) -> [PublisherMachine<AMQPChannel>.Held] {
        let refused = machine.withLock { machine in
            guard let held = machine.opened(channel, id: channel.id, at: .now) else {
                return [] as [PublisherMachine<AMQPChannel>.Held]
            }
            return held.filter { held in
                let size = held.messages.reduce(0) { $0 + $1.approximateSize }
                return switch channel.offer(held.messages, size: size, completion: held.completion) {
                case .taken: false
                case .refused: true
                }
            }
        }
        channel.wake()
        return refused
    }

    private func refuse(_ held: [PublisherMachine<AMQPChannel>.Held], _ reason: String) {
        for held in held {
            held.completion(Array(repeating: .unknown(reason: reason), count: held.messages.count))
        }
    }
}
