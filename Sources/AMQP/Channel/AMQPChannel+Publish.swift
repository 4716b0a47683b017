package import AMQPMessages
import WarrenSupport

extension AMQPChannel {
    /// Puts the channel into confirm mode; needed once before the first publish.
    package func selectConfirms() async throws {
        try await request(.selectConfirms)
    }

    /// Publishes messages in order, without waiting. This is the fast path.
    ///
    /// Calls from one thread keep their order. Only the caller bounds the waiting messages: see
    /// ``AMQPConnection/pendingBytes``.
    ///
    /// - Parameter completion: called once with one outcome per message, on the connection's thread (on the caller's,
    ///   when the connection has ended already). It must return quickly.
    package func publish(_ messages: [OutboundMessage], completion: @escaping PublishCompletion) {
        connection.mailbox.post(.publish(channel: id, messages, completion))
    }

    /// Publishes messages like ``publish(_:completion:)``, but wakes nobody and does not call `completion` if the connection
    /// has ended; may be called under a lock.
    ///
    /// - Parameter size: the messages' ``OutboundMessage/approximateSize``, added up.
    func offer(
        _ messages: [OutboundMessage], size: Int, completion: @escaping PublishCompletion
    ) -> ConnectionMailbox.Offer {
        connection.mailbox.offer(.publish(channel: id, messages, completion), size: size)
    }

    /// Has the connection's thread carry out what was offered.
    func wake() { connection.mailbox.wakeup.signal() }

    /// Publishes messages and waits for the outcome of each.
    ///
    /// - Throws: `CancellationError` when the task is cancelled: before the call nothing is sent; during it the
    ///   messages are in flight and their outcome stays unknown.
    package func publish(_ messages: [OutboundMessage]) async throws -> [PublishOutcome] {
        try Task.checkCancellation()
        try await connection.mailbox.waitForCapacity()
        let slot = ReplySlot<[PublishOutcome]>()
        publish(messages) { slot.fulfil(.success($0)) }
        return try await slot.answer()
    }

    /// Publishes one message and waits for its outcome; otherwise like the call with several.
    package func publish(_ message: OutboundMessage) async throws -> PublishOutcome {
        try await publish([message]).first ?? .refused
    }
}
