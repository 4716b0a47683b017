import AMQPMessages
import Synchronization
import WarrenMessaging
import WarrenPartition

/// Delivers messages inside the process.
extension OutboxDispatcher {
    /// Delivers messages to partitions and activities of this process, as far as they may skip the broker. Work that an earlier
    /// process may have died over is left to the broker, which counts its deliveries.
    ///
    /// - Returns: the messages for the broker.
    func deliver(_ sendings: [Sending]) -> [Sending] {
        if activities == nil, !sendings.contains(where: { $0.message.exchange == partitionExchange }) {
            return sendings
        }
        let lastRecovered = activities.map { _ in state.withLock { $0.lastRecovered } }
        var works: [LocalWork] = []
        var remote: [Sending] = []
        for sending in sendings {
            if sending.message.exchange == partitionExchange {
                if !local.deliver(sending.message, receipt: .local(self, sending.reference)) { remote.append(sending) }
            } else if let activities, let lastRecovered, sending.message.exchange == activityExchange,
                sending.attempt == 0, sending.reference.row > lastRecovered,
                activities.names.contains(sending.message.routingKey)
            {
                works.append(LocalWork(sending, of: self))
            } else {
                remote.append(sending)
            }
        }
        if let activities, !works.isEmpty { remote += activities.take(works).map(\.sending) }
        return remote
    }

    /// Whether nothing more is sent or reported: the partition has ended here.
    var isSilent: Bool { state.withLock { $0.isSilent } }

    /// Notes that messages of rows took effect with another part of this process.
    func settle(_ references: [MessageReference]) {
        end(references, .settled)
        for _ in references { local.ended() }
    }

    /// Sends messages of rows to the broker, which keeps them for the next host: the part of this process that should have
    /// taken them has ended, or has no place for them.
    func sendToBroker(_ sendings: [Sending]) {
        for _ in sendings { local.ended() }
        guard !isSilent else { return }
        publish(sendings, staysHere: false)
    }

    /// Sends a message to the broker that another partition of this process should have taken.
    func sendToBroker(_ message: InboundMessage, of reference: MessageReference) {
        let outbound = OutboundMessage(message)
        sendToBroker([Sending(.encoded(outbound), for: reference)])
    }
}
