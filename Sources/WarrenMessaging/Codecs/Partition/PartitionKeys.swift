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

    private struct State {
        var signers: [Int: MessageSigner] = [:]
        var observers: [Int: @Sendable () -> Void] = [:]
        var lastObserver = 0
    }

    private let state = Mutex(State())
    private let partitionCount: Int

    package init(partitionCount: Int) {
        self.partitionCount = partitionCount
    }

    /// Adds the key of a partition: of one that this process has opened, or has read the journal of. Readers that keep
    /// messages of that partition look at them again.
    package func add(_ partition: Int, secret: [UInt8]) {
        let signer = MessageSigner(partition: partition, secret: secret)
        let observers = state.withLock { state in
            state.signers[partition] = signer
            return state.observers.sorted { $0.key < $1.key }.map(\.value)
        }
        for observer in observers { observer() }
    }

    /// Calls an observer after every addition of a key, on the thread that adds it.
    ///
    /// - Returns: the number by which the observer is removed.
    package func observe(_ observer: @escaping @Sendable () -> Void) -> Int {
        state.withLock { state in
            state.lastObserver += 1
            state.observers[state.lastObserver] = observer
            return state.lastObserver
        }
    }

    /// Removes an observer. A call that is under way goes on.
    package func remove(observer: Int) {
        state.withLock { state in _ = state.observers.removeValue(forKey: observer) }
    }

    /// Whether the keys of all partitions of the hub are here.
    package var isComplete: Bool { state.withLock { $0.signers.count >= partitionCount } }

    /// The partition of the hub that signed a message, if its key is missing: the message can be neither believed nor
    /// refused before the key is added.
    package func missingSender(of message: InboundMessage) -> Int? {
        guard let sender = MessageSigner.signature(of: message)?.partition, sender < partitionCount else { return nil }
        return state.withLock { $0.signers[sender] == nil } ? sender : nil
    }

    /// Signs a message for a partition.
    ///
    /// - Parameter partition: the sending partition; `nil` for messages that the host itself forwards.
    /// - Returns: the message unchanged if there is no key to sign it with. Such a message is not trusted.
    package func sign(_ message: OutboundMessage, as partition: Int?) -> OutboundMessage {
        let signer = state.withLock { state in
            partition.map { state.signers[$0] } ?? state.signers.min { $0.key < $1.key }?.value
        }
        return signer?.sign(message) ?? message
    }

    /// Signs a message that the host forwards to a partition: as that partition, so that its reader needs no key but
    /// its own, or as any other if this process does not have that key.
    package func sign(_ message: OutboundMessage, forwardedTo partition: Int) -> OutboundMessage {
        let isKnown = state.withLock { $0.signers[partition] != nil }
        return sign(message, as: isKnown ? partition : nil)
    }

    /// Checks the sender of a message.
    package func check(_ message: InboundMessage) -> Verdict {
        guard message.properties.headers[WireHeader.signature] != nil else { return .unsigned }
        guard let sender = MessageSigner.signature(of: message)?.partition, sender < partitionCount else {
            return .forged
        }
        guard let signer = state.withLock({ $0.signers[sender] }) else { return .unknownSender(sender) }
        return signer.isSigned(message) ? .genuine : .forged
    }
}
