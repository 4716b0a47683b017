import Logging
import Warren
import WarrenMessaging
import WarrenPartition
import WarrenStorage

/// Going on where the last host stopped.
extension PartitionProcessor {
    func recover() throws {
        let recovered = try store.recover()
        lastInstanceKey = recovered.lastInstanceKey
        lastOutboxID = recovered.lastOutboxID
        lastHeldID = recovered.lastHeldID
        for timer in recovered.timers { alarms.set(.timer(timer.key), at: timer.fireAt) }
        let now = setup.clock.now
        for var lease in recovered.leases {
            guard lease.isTaken else {
                leases[lease.key] = lease
                continue
            }
            // Heartbeats that came while nobody listened are still in the queue: everyone gets a full lease.
            lease.expiresAt = max(lease.expiresAt, now.advanced(by: setup.configuration.lease))
            leases[lease.key] = lease
            alarms.set(.lease(lease.key), at: lease.expiresAt)
        }
        unkept = recovered.damaged
        for message in recovered.held {
            held.insert(message)
            // A start that this host knows the orchestration of is taken up at once.
            let isKnown =
                message.subject.hasPrefix("orchestration:")
                && setup.runner.runs(String(message.subject.dropFirst("orchestration:".count)))
            alarms.set(.held(message.id), at: isKnown ? now : message.expiresAt)
        }
        setup.logger.info(
            "A partition goes on",
            metadata: [
                "partition": "\(setup.partition)", "outbox": "\(recovered.outboxCount)",
                "timers": "\(recovered.timers.count)", "epoch": "\(store.identity.epoch)",
            ])
        changeGate { $0.add(recovered.outboxCount) }
        dispatcher.recovered(through: recovered.lastOutboxID, isEmpty: recovered.outboxCount == 0)
        try sendWaiting()
    }
}
