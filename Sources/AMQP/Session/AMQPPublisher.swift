import Logging
import Synchronization

/// Publishes with confirms over whatever connection its session has.
///
/// While there is none, messages are held up to `AMQPConfiguration.pendingBytesLimit` and sent in order when there is
/// one. Messages that were sent and not confirmed when a channel or connection ends are `unknown`: the caller publishes
/// them again, and consumers must expect duplicates.
package final class AMQPPublisher: Sendable {
    private let session: AMQPSession
    private let machine: Mutex<PublisherMachine<AMQPChannel>>

    init(session: AMQPSession, heldBytesLimit: Int) {
        self.session = session
        machine = Mutex(PublisherMachine(heldBytesLimit: heldBytesLimit))
    }

    /// Hands over messages at once, in order, without waiting.
    ///
    /// - Parameter completion: called once with one outcome per message; on the connection's thread, or on the caller's
    ///   when the messages are refused at once (the session is closed, or too much is held already).
    package func publish(_ messages: [AMQPMessage], completion: @escaping PublishCompletion) {
        let action = machine.withLock { machine in
            let action = machine.publish(messages, completion)
            guard case .forward(let channel) = action, channel.offer(messages, completion: completion) != nil else {
                return action
            }
            return machine.refused(messages, completion)
        }
        if case .refuse(let reason) = action {
            completion(Array(repeating: .unknown(reason: reason), count: messages.count))
        }
    }

    /// Publishes messages and waits for the outcome of each. Waits first while more than
    /// `AMQPConfiguration.pendingBytesLimit` has not been written yet.
    ///
    /// - Throws: `CancellationError` when the task is cancelled: before the call nothing is sent; during it the messages
    ///   are on their way and what becomes of them stays unknown.
    package func publish(_ messages: [AMQPMessage]) async throws -> [ConfirmOutcome] {
        try Task.checkCancellation()
        try await machine.withLock { $0.channel }?.connection.mailbox.waitForCapacity()
        let slot = ReplySlot<[ConfirmOutcome]>()
        publish(messages) { slot.fulfil(.success($0)) }
        return try await slot.value()
    }

    /// Publishes one message and waits for its outcome; otherwise like the call with several.
    package func publish(_ message: AMQPMessage) async throws -> ConfirmOutcome {
        try await publish([message])[0]
    }

    /// Keeps a channel open until the session is closed.
    func run() async {
        var backoff = session.makeBackoff()
        var generator = SystemRandomNumberGenerator()
        while !Task.isCancelled {
            do {
                let ended = ReplySlot<Void>()
                let channel = try await session.connection().openChannel { id, _ in
                    self.machine.withLock { $0.ended(id: id) }
                    ended.fulfil(.success(()))
                }
                try await channel.selectConfirms()
                let refused = resume(on: channel)
                refuse(refused, "the connection ended again")
                backoff.reset()
                try await ended.value()
            } catch {
                if (error as? AMQPError)?.code == .closed || error is CancellationError { break }
                session.logger.debug("A publisher waits for a channel", metadata: ["reason": "\(error)"])
                do { try await Task.sleep(for: backoff.next(using: &generator)) } catch { break }
            }
        }
        close()
    }

    /// Ends what is held and what will come as `unknown`.
    func close() {
        refuse(machine.withLock { $0.close() }, "the session was closed")
    }

    /// Sends what was held; what the channel does not take any more is returned.
    private func resume(on channel: AMQPChannel) -> [PublisherMachine<AMQPChannel>.Held] {
        machine.withLock { machine in
            guard let held = machine.opened(channel, id: channel.id) else { return [] }
            return held.filter { channel.offer($0.messages, completion: $0.completion) != nil }
        }
    }

    private func refuse(_ held: [PublisherMachine<AMQPChannel>.Held], _ reason: String) {
        for held in held {
            held.completion(Array(repeating: .unknown(reason: reason), count: held.messages.count))
        }
    }
}
