import CRabbitMQ
import Logging
import WarrenSupport

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// The loop of a connection's thread: everything that touches librabbitmq happens here.
///
/// One round: wait for the socket or the mailbox, read all available frames, carry out all available commands, write
/// once, then deliver results to consumers, publishers and callers. Nothing in it blocks but `poll` (and, on TLS
/// connections, the library's writes).
final class ConnectionLoop {
    let wire: WireConnection
    let writer: FrameWriter
    private let texts = WireTexts()
    let mailbox: ConnectionMailbox
    let configuration: AMQPConfiguration
    let logger: Logger
    let events: AsyncStream<ConnectionEvent>.Continuation
    // Unchecked, because only the thread touches them, and the check would be made several times for every frame.
    /// Indexed by channel number.
    @exclusivity(unchecked) var channels: [ChannelMachine?] = []
    @exclusivity(unchecked) var actions: [ChannelAction] = []
    var numbers: [UInt64: UInt16] = [:]
    /// The actions for callers at the end of the round.
    var announcements: [ChannelAction] = []
    var acks: [AckCoalescer.Ack] = []
    /// The largest body that is sent: the configured one, or less once the broker has reported a lower limit.
    var messageLimit: Int
    /// Set once `connection.close` was sent.
    var closing: (slots: [ReplySlot<Reply>], deadline: ContinuousClock.Instant)?
    /// The reason for the end.
    var end: AMQPError?
    private var heartbeats: HeartbeatMonitor
    private var commands: [ConnectionCommand] = []
    /// The number of commands that the loop has begun. After a failure, `run` refuses the others.
    private var begunCommands = 0
    private var hasMoreFrames = false

    /// Whether the broker has said that it reads nothing from this connection at present.
    private var isBlocked = false

    /// The number of frames that are read before commands get their turn.
    private static let framesPerRound = 6_000

    init(
        wire: WireConnection, mailbox: ConnectionMailbox, configuration: AMQPConfiguration, logger: Logger,
        events: AsyncStream<ConnectionEvent>.Continuation
    ) {
        self.wire = wire
        writer = FrameWriter(wire)
        self.mailbox = mailbox
        self.configuration = configuration
        self.logger = logger
        self.events = events
        messageLimit = configuration.messageLimit
        // On TLS connections the library sends heartbeats: it must notice a silent peer while it waits to write.
        heartbeats = HeartbeatMonitor(interval: wire.isTLS ? .zero : .seconds(wire.heartbeat), now: .now)
    }

    /// Runs until the connection has ended.
    func run() {
        while end == nil {
            do throws(AMQPError) {
                try round()
            } catch {
                end = end ?? error
            }
        }
        let error = end ?? AMQPError(.closed, "the connection was closed")
        let left = commands.dropFirst(begunCommands)
        finish(error)
        for command in left { command.refuse(error) }
    }

    private func round() throws(AMQPError) {
        // 1. Waits.
        let (isReadable, isWoken) = wait()
        var now = ContinuousClock.now
        // 2. Reads frames.
        if isReadable || hasMoreFrames || wire.isTLS {
            if isReadable { heartbeats.received(at: now) }
            try readFrames()
        }
        // 3. Carries out commands.
        if isWoken {
            mailbox.wakeup.clear()
            mailbox.take(into: &commands)
            for command in commands {
                begunCommands += 1
                try perform(command)
            }
            commands.removeAll(keepingCapacity: true)
            begunCommands = 0
        }
        try flushAcknowledgements()
        // 4. Checks timeouts and heartbeats.
        now = .now
        try checkClocks(at: now)
        // 5. Writes.
        do {
            try writer.flush()
        } catch {
            // The broker may have sent the reason before it closed the socket; reading then sets `end`.
            do throws(AMQPError) { try readFrames() } catch { throw end ?? error }
            throw end ?? error
        }
        if writer.takeHasWritten() { heartbeats.sent(at: now) }
        mailbox.update(bufferedBytes: writer.waitingCount)
        // 6. Delivers results.
        deliverResults()
    }

    // MARK: Waiting

    private func wait() -> (isReadable: Bool, isWoken: Bool) {
        let waitsForSocket = writer.waitingCount > 0
        var descriptors = (
            pollfd(
                fd: wire.descriptor, events: Int16(clamping: waitsForSocket ? POLLIN | POLLOUT : POLLIN), revents: 0),
            pollfd(fd: mailbox.wakeup.descriptor, events: Int16(POLLIN), revents: 0)
        )
        let timeout = hasMoreFrames || wire.hasBufferedFrames ? 0 : millisecondsToDeadline()
        withUnsafeMutableBytes(of: &descriptors) { bytes in
            _ = poll(bytes.assumingMemoryBound(to: pollfd.self).baseAddress, 2, timeout)
        }
        // Errors and hang-ups are found by reading.
        let readable = Int32(clamping: descriptors.0.revents) & ~Int32(POLLOUT) != 0
        return (readable, descriptors.1.revents != 0)
    }

    /// -1: no deadline.
    private func millisecondsToDeadline() -> Int32 {
        var deadline = heartbeats.deadline
        func consider(_ other: ContinuousClock.Instant?) {
            guard let other else { return }
            deadline = deadline.map { min($0, other) } ?? other
        }
        for channel in channels { consider(channel?.deadline) }
        consider(closing?.deadline)
        if wire.isTLS, wire.heartbeat > 0 { consider(.now + .seconds(wire.heartbeat) / 2) }
        guard let deadline else { return -1 }
        let parts = ContinuousClock.now.duration(to: deadline).components
        let milliseconds = parts.seconds * 1000 + parts.attoseconds / 1_000_000_000_000_000 + 1
        return Int32(clamping: max(0, milliseconds))
    }

    private func checkClocks(at now: ContinuousClock.Instant) throws(AMQPError) {
        switch heartbeats.check(at: now) {
        case .none: break
        case .send: try writer.heartbeat()
        case .giveUp:
            throw AMQPError(.connectionLost, "the broker sent nothing for two heartbeat intervals")
        }
        for case let channel? in channels {
            channel.watchConfirms(isBlocked: isBlocked, at: now)
            guard let deadline = channel.deadline, deadline <= now else { continue }
            channel.expire(at: now, into: &actions)
        }
        if let closing, closing.deadline <= now {
            throw AMQPError(.closed, "the connection was closed; the broker did not answer")
        }
    }

    // MARK: Reading

    private func readFrames() throws(AMQPError) {
        var count = 0
        hasMoreFrames = false
        while end == nil, let frame = try wire.nextFrame() {
            if frame.channel == 0 {
                if case .method(let method)? = InboundFrame(frame, texts) { try received(method) }
            } else if let inbound = InboundFrame(frame, texts) {
                try received(inbound, on: frame.channel)
            }
            wire.release(frame)
            count += 1
            if count == Self.framesPerRound {
                hasMoreFrames = true
                return
            }
        }
    }

    private func received(_ frame: InboundFrame, on number: UInt16) throws(AMQPError) {
        let index = Int(number)
        guard index < channels.count, let channel = channels[index] else {
            throw AMQPError(.protocolViolation, "the broker sent a frame on channel \(number), which is not open")
        }
        channel.received(frame, into: &actions)
        if !actions.isEmpty { try performProtocolActions(on: number) }
    }

    /// Carries out at once the actions that concern the wire; the others wait for the end of the round.
    func performProtocolActions(on number: UInt16) throws(AMQPError) {
        for action in actions {
            switch action {
            case .sendCloseOK:
                try writer.send(amqp_channel_close_ok_t(dummy: 0), AMQP_CHANNEL_CLOSE_OK_METHOD, number)
            case .released:
                release(number)
            case .failConnection(let error):
                throw error
            case .unmatchedReturn(let routingKey):
                logger.warning(
                    "A returned message belongs to no open publish", metadata: [LogKey.routingKey: "\(routingKey)"])
            case .answer, .settled, .endConsumer, .ended:
                announcements.append(action)
            }
        }
        actions.removeAll(keepingCapacity: true)
    }

    private func received(_ method: InboundMethod) throws(AMQPError) {
        switch method {
        case .connectionClosed(let code, let text):
            try writer.send(amqp_connection_close_ok_t(dummy: 0), AMQP_CONNECTION_CLOSE_OK_METHOD, 0)
            end = AMQPError.reply(code, text, closesConnection: true)
            try writer.flush()
        case .connectionCloseOK:
            end = AMQPError(.closed, "the connection was closed")
        case .blocked(let reason):
            // The owner of the connection decides what to log for people.
            logger.debug("The broker blocks this connection", metadata: [LogKey.reason: "\(reason)"])
            isBlocked = true
            events.yield(.blocked(reason: reason))
        case .unblocked:
            logger.debug("The broker reads from this connection again")
            isBlocked = false
            events.yield(.unblocked)
        default:
            break
        }
    }
}
