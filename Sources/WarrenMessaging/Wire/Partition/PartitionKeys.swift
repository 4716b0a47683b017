import AMQP
import Synchronization

/// The keys under which the partitions of a hub sign what they send to each other, as far as this process has them.
package final class PartitionKeys: Sendable {
    /// What a message's signature is worth.
    package enum Verdict: Sendable, Hashable {
        case genuine
        /// It has no signature at all, as with versions that did not sign.
        case unsigned
        /// The signature is wrong, or of a partition that the hub does not have.
        case forged
        /// The partition that signed is not open in this process: nothing can be said until it is.
        case unknownSender(Int)
    }

    private let signers = Mutex<[Int: MessageSigner]>([:])
    private let partitionCount: Int

    package init(partitionCount: Int) {
        self.partitionCount = partitionCount
    }

    /// Adds the key of a partition that this process has opened.
    package func add(_ partition: Int, secret: [UInt8]) {
        let signer = MessageSigner(partition: partition, secret: secret)
        signers.withLock { $0[partition] = signer }
    }

    /// Signs a message for a partition.
    ///
    /// - Parameter partition: the partition that sends it; `nil` for what the host itself passes on.
    /// - Returns: the message as it is, if there is no key to sign it with. Nobody will believe it.
    package func sign(_ message: OutboundMessage, as partition: Int?) -> OutboundMessage {
        let signer = signers.withLock { signers in
            partition.map { signers[$0] } ?? signers.min { $0.key < $1.key }?.value
        }
        return signer?.sign(message) ?? message
    }

    /// Checks who sent a message.
    package func check(_ message: InboundMessage) -> Verdict {
        guard message.properties.headers[WireHeader.signature] != nil else { return .unsigned }
        guard let sender = MessageSigner.signature(of: message)?.partition, sender < partitionCount else {
            return .forged
        }
        guard let signer = signers.withLock({ $0[sender] }) else { return .unknownSender(sender) }
        return signer.isSigned(message) ? .genuine : .forged
    }
}
