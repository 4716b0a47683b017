import WarrenSupport

/// A channel of a connection, for requests, publishes and consumers.
///
/// The broker closes a channel when a request on it is refused (404, 403, 405, 406, …); every call after that fails,
/// and a new channel must be opened. Release the last reference or call ``close()`` to end it.
package final class AMQPChannel: Sendable {
    package let connection: AMQPConnection
    /// The number of the channel, counted over the life of the process; deliveries carry it.
    package let id: UInt64

    init(connection: AMQPConnection, id: UInt64) {
        self.connection = connection
        self.id = id
    }

    deinit { connection.mailbox.post(.request(channel: id, .closeChannel, ReplySlot(), nil)) }

    /// Closes the channel: unacknowledged messages return to their queue, in order, and publishes without a confirm end
    /// as `unknown`. Earlier acknowledgements arrive before.
    package func close() async {
        do {
            try await request(.closeChannel)
        } catch {
            // The channel has ended already, with its connection or alone; or the task is cancelled and the close is in
            // flight.
        }
    }

    /// Sends a request and waits for its answer.
    @discardableResult
    func request(_ request: Request, sink: ConsumerSink? = nil) async throws -> Reply {
        let slot = ReplySlot<Reply>()
        connection.mailbox.post(.request(channel: id, request, slot, sink))
        return try await slot.answer()
    }
}
