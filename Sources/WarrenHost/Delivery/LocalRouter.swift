import AMQPMessages
import Synchronization
import Warren
import WarrenMessaging
import WarrenPartition

/// Delivers messages to partitions that this process owns, without the broker.
final class LocalRouter: Sendable {
    private let mailboxes = Mutex<[String: PartitionMailbox]>([:])
    private let decode: @Sendable (InboundMessage) -> Result<Command, Refusal>
    private let unseen: (any UnseenWork)?
    /// Whether the transport keeps messages for which a mailbox has no room.
    private let canSpill: Bool

    /// - Parameters:
    ///   - decode: reads a message of the partition exchange.
    ///   - unseen: is notified of messages on their way.
    ///   - canSpill: whether the transport keeps messages for which a mailbox has no room.
    init(
        decode: @escaping @Sendable (InboundMessage) -> Result<Command, Refusal>, unseen: (any UnseenWork)? = nil,
        canSpill: Bool = false
    ) {
        self.decode = decode
        self.canSpill = canSpill
        self.unseen = unseen
    }

    /// Routes messages with this routing key to this mailbox from now on. A partition that is owned again has a new
    /// mailbox.
    func own(key: String, _ mailbox: PartitionMailbox) {
        mailboxes.withLock { $0[key] = mailbox }
    }

    /// Leaves messages with this routing key to the broker from now on, unless the key has another mailbox meanwhile.
    /// What a mailbox has accepted and does not take returns to the broker when it is closed.
    func disown(key: String, _ mailbox: PartitionMailbox) {
        mailboxes.withLock { mailboxes in
            if mailboxes[key] === mailbox { mailboxes[key] = nil }
        }
    }

    /// Delivers a message of the partition exchange; `false` if the partition is not of this process, or has ended.
    ///
    /// A command is handed over as it was made, unless its message would change it: then, and for a row that was read from
    /// the store, the partition gets what the message says.
    func deliver(_ message: OutboxMessage, receipt: Receipt) -> Bool {
        guard let mailbox = mailboxes.withLock({ $0[message.routingKey] }),
            let input = input(of: message, receipt: receipt)
        else { return false }
        began()
        guard mailbox.offer(input, canSpill: canSpill) else {
            ended()
            return false
        }
        return true
    }

    /// - Returns: `nil` for a message that its reader would refuse.
    private func input(of message: OutboxMessage, receipt: Receipt) -> PartitionInput? {
        if case .command(let made) = message, made.arrivesAsMade { return PartitionInput(made, receipt: receipt) }
        let inbound = InboundMessage(message.encoded)
        guard case .success(let command) = decode(inbound) else { return nil }
        return PartitionInput(.command(command), receipt: receipt, source: inbound)
    }

    /// Notes that a message is about to be put into a mailbox of this process without the transport.
    func began() { unseen?.begin() }

    /// Notes that such a message has taken effect.
    func ended() { unseen?.end() }
}
