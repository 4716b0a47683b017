import Dispatch
package import Logging
import Synchronization
import WarrenSupport

/// A connection to the broker: one thread that owns librabbitmq's state, and this handle to it for all others.
///
/// The thread blocks in `poll` on the socket and on a descriptor that the mailbox makes readable. It makes all
/// decisions with the pure structures in `State/` and `ChannelMachine`.
///
/// A broker in a memory or disk alarm stops reading from a connection that publishes, acknowledgements included; so
/// publish and consume on two connections.
package final class AMQPConnection: Sendable {
    /// The events of the connection as a whole. For one reader; the latest 64 are kept.
    package let events: AsyncStream<ConnectionEvent>
    package let configuration: AMQPConfiguration
    let mailbox: ConnectionMailbox
    /// Set once, before the connection is given out.
    private let peer = Mutex(BrokerIdentity(properties: [:]))

    private static let channelCount = Atomic<UInt64>(0)

    private init(
        configuration: AMQPConfiguration, mailbox: ConnectionMailbox, events: AsyncStream<ConnectionEvent>
    ) {
        self.configuration = configuration
        self.mailbox = mailbox
        self.events = events
    }

    deinit { mailbox.post(.close(nil)) }

    /// Connects and logs in.
    ///
    /// - Throws: ``AMQPError`` naming the cause: nothing listens, TLS, credentials, virtual host, time.
    package static func open(_ configuration: AMQPConfiguration, logger: Logger) async throws -> AMQPConnection {
        let mailbox = try ConnectionMailbox(pendingBytesLimit: configuration.pendingBytesLimit)
        let (events, continuation) = AsyncStream.makeStream(
            of: ConnectionEvent.self, bufferingPolicy: .bufferingNewest(64))
        let opened = ReplySlot<BrokerIdentity>()
        try OwnerThread.start(name: "amqp-\(configuration.connectionName ?? configuration.host)") {
            do throws(AMQPError) {
                let wire = try WireConnection(configuration)
                mailbox.opened(wire.descriptor)
                let loop = ConnectionLoop(
                    wire: wire, mailbox: mailbox, configuration: configuration, logger: logger, events: continuation)
                opened.fulfil(.success(wire.server))
                loop.run()
            } catch {
                for command in mailbox.close(error) { command.refuse(error) }
                continuation.finish()
                opened.fulfil(.failure(error))
            }
        }
        // If the caller is cancelled, `deinit` asks the thread to close once it has connected.
        let connection = AMQPConnection(configuration: configuration, mailbox: mailbox, events: events)
        let identity = try await opened.answer()
        connection.peer.withLock { $0 = identity }
        return connection
    }

    /// What the broker said of itself at the login.
    package var broker: BrokerIdentity { peer.withLock { $0 } }

    /// The reason why the connection has ended; `nil` while it has not.
    package var closeReason: AMQPError? { mailbox.end }

    /// The number of published bytes that the socket has not taken yet. It grows while the broker blocks the
    /// connection; stop publishing when it passes `AMQPConfiguration.pendingBytesLimit`. Asynchronous publishes are
    /// suspended then.
    package var pendingBytes: Int { mailbox.pendingBytes }

    /// Opens a channel.
    ///
    /// - Parameter onEnd: called once when the channel has ended. It must return quickly.
    package func openChannel(onEnd: @escaping ChannelObserver = { _, _ in }) async throws -> AMQPChannel {
        let id = Self.channelCount.add(1, ordering: .relaxed).newValue
        let slot = ReplySlot<Reply>()
        mailbox.post(.openChannel(id, slot, onEnd))
        // Created before the wait: if the caller is cancelled, its release closes the channel again.
        let channel = AMQPChannel(connection: self, id: id)
        _ = try await slot.answer()
        return channel
    }

    /// Closes the connection after all earlier commands have been written; does nothing when it has ended. Publishes
    /// without a confirm end as `unknown`.
    ///
    /// On a TLS connection the thread may be blocked in a write, because the broker is in an alarm and reads nothing.
    /// After ``patience`` the socket is shut down, so that a close always ends.
    package func close() async {
        let slot = ReplySlot<Reply>()
        mailbox.post(.close(slot))
        // Not a task: a close that is cancelled must end the thread as well.
        DispatchQueue.global().asyncAfter(deadline: .now() + Self.patience) { [mailbox] in mailbox.sever() }
        do {
            _ = try await slot.answer()
        } catch {
            // Cancelled while waiting for the broker's answer: the thread closes all the same.
        }
    }

    /// The time that a close waits for the thread: longer than the thread waits for the broker's answer.
    private static let patience = DispatchTimeInterval.seconds(8)
}
