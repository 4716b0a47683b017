import AMQPMessages
import Synchronization
import WarrenMessaging
import WarrenPartition

/// Delivers messages inside the process.
extension OutboxDispatcher {
    /// Delivers a message to a partition or an activity of this process, if it may skip the broker. Work that an earlier process may have died
    /// over is left to the broker, which counts its deliveries.
    func deliver(_ sending: Sending) -> Bool {
        if sending.message.exchange == partitionExchange {
            return local.deliver(sending.message, receipt: .local(self, sending.reference))
        }
        guard let activities, sending.attempt == 0, case .encoded(let message) = sending.message,
            message.exchange == activityExchange, sending.reference.row > state.withLock({ $0.lastRecovered })
        else { return false }
        return activities.take(message, sending.reference, of: self)
    }

    /// Notes that a message of a row took effect with another partition of this process.
    func settleMessage(_ reference: MessageReference) {
        end([reference], .settled)
        local.ended()
    }

    /// Sends a message of a row to the broker, which keeps it for the next host: the other partition of this process
    /// that should have taken it has ended.
    func sendToBroker(_ message: InboundMessage, of reference: MessageReference) {
        local.ended()
        guard !state.withLock({ $0.isSilent }) else { return }
        let outbound = OutboundMessage(
            exchange: message.exchange, routingKey: message.routingKey, properties: message.properties,
            body: message.body)
        publish([Sending(reference: reference, message: .encoded(outbound))], staysHere: false)
    }
}
