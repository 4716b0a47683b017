package import AMQPMessages
import Synchronization

/// The keys under which the partitions of a hub sign messages to each other; those that this process has.
package final class PartitionKeys: Sendable {
    /// The result of checking a message's signature.
    package enum Verdict: Sendable, Hashable {
        case genuine
        /// There is no signature, as in messages of versions that did not sign.
        case unsigned
        /// The signature is wrong, or names a partition that the hub does not have.
        case forged
        /// The signing partition is not open in this process: the signature cannot be checked until it is.
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
    /// - Parameter partition: the sending partition; `nil` for messages that the host itself forwards.
    /// - Returns: the message unchanged if there is no key to sign it with. Such a message is not trusted.
    package func sign(_ message: OutboundMessage, as partition: Int?) -> OutboundMessage {
        let signer = signers.withLock { signers in
            partition.map { signers[$0] } ?? signers.min { $0.key < $1.key }?.value
        }
        return signer?.sign(message) ?? message
    }

    /// Checks the sender of a message.
    package func check(_ message: InboundMessage) -> Verdict {
        guard message.properties.headers[WireHeader.signature] != nil else { return .unsigned }
        guard let sender = MessageSigner.signature(of: message)?.partition, sender < partitionCount else {
            return .forged
        }
        guard let signer = signers.withLock({ $0[sender] }) else { return .unknownSender(sender) }
        return signer.isSigned(message) ? .genuine : .forged
    }
}
