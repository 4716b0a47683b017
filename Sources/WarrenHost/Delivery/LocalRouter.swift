import Synchronization
import Warren
import WarrenMessaging
import WarrenPartition

/// Brings messages to partitions that this process owns without asking the broker.
final class LocalRouter: Sendable {
    private let mailboxes = Mutex<[String: PartitionMailbox]>([:])
    private let decode: @Sendable (InboundMessage) -> Result<Command, Refusal>
    private let unseen: (any UnseenWork)?
    /// Whether the transport keeps what a mailbox has no room for.
    private let canSpill: Bool

    /// - Parameters:
    ///   - decode: reads a message of the partition exchange.
    ///   - unseen: told of what is on its way.
    ///   - canSpill: whether the transport keeps what a mailbox has no room for.
    init(
        decode: @escaping @Sendable (InboundMessage) -> Result<Command, Refusal>, unseen: (any UnseenWork)? = nil,
        canSpill: Bool = false
    ) {
        self.decode = decode
        self.canSpill = canSpill
        self.unseen = unseen
    }

    /// From now on messages with this routing key come to this mailbox.
    func own(key: String, _ mailbox: PartitionMailbox) {
        mailboxes.withLock { $0[key] = mailbox }
    }

    /// Delivers a message of the partition exchange; `false` if the partition is not ours, or has ended.
    func deliver(_ message: OutboundMessage, receipt: Receipt) -> Bool {
        guard let mailbox = mailboxes.withLock({ $0[message.routingKey] }) else { return false }
        let inbound = InboundMessage(
            exchange: message.exchange, routingKey: message.routingKey, properties: message.properties,
            body: message.body)
        guard case .success(let command) = decode(inbound) else { return false }
        began()
        guard mailbox.offer(PartitionInput(.command(command), receipt: receipt, source: inbound), canSpill: canSpill)
        else {
            ended()
            return false
        }
        return true
    }

    /// A message is about to be put into a mailbox of this process without the transport.
    func began() { unseen?.begin() }

    /// Such a message has taken effect.
    func ended() { unseen?.end() }
}
