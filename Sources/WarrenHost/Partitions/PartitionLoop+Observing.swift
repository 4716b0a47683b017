import CoreMetrics
import Logging
import Warren
import WarrenMessaging
import WarrenPartition
import WarrenSupport

/// Writes a partition's observations to the host's log.
extension PartitionLoop {
    func observe(_ observations: [Observation]) {
        for observation in observations { observe(observation) }
    }

    /// Notes the load for instruments.
    func noteLoad(at now: Timestamp) {
        let load = machine.load
        setup.metrics.note(
            PartitionLoad(
                outboxRows: load.outboxRows, parkedRows: dispatcher.parkedRows, held: load.held,
                oldestRow: ages.oldest, takesIntake: takesIntake, firesTimers: machine.firesTimers),
            mailbox: mailbox.count, at: now)
    }

    private func observe(_ observation: Observation) {
        let logger = setup.logger
        switch observation {
        case .messageRefused(let refusal):
            logger.notice(
                "A message was refused",
                metadata: [LogKey.reason: "\(refusal.reason.rawValue)", LogKey.detail: "\(refusal.detail)"])
        case .instanceFailed(let record):
            setup.metrics.host.instanceFailed(record.name)
            // What a person who looks after it wants to know first.
            logger.warning(
                "An instance failed",
                metadata: [
                    LogKey.instance: "\(record.instanceID)", LogKey.orchestration: "\(record.name)",
                    LogKey.failure: "\(record.failure?.type ?? "unknown")",
                    LogKey.message: "\((record.failure?.message ?? "").prefix(500))",
                    LogKey.since: "\(ISO8601.text(record.createdAt))",
                ])
        case .instanceParked(let record, let suspension):
            logger.error(
                "An instance is suspended, because the code of this host cannot run it",
                metadata: [
                    LogKey.instance: "\(record.instanceID)", LogKey.orchestration: "\(record.name)",
                    LogKey.because: "\(suspension.cause.rawValue)",
                    LogKey.message: "\((suspension.reason ?? "").prefix(1000))",
                ])
        case .instanceDamaged(let record, let reason):
            logger.error(
                "An instance is failed because its history is damaged",
                metadata: [
                    LogKey.instance: "\(record.instanceID)", LogKey.orchestration: "\(record.name)",
                    LogKey.reason: "\(reason)",
                    LogKey.file: "\(setup.storePath)",
                ])
        case .killerFailed(let instanceID, let deaths):
            logger.error(
                "An instance that kills the host is failed",
                metadata: [LogKey.instance: "\(instanceID)", LogKey.deaths: "\(deaths)"])
        case .operationFailed(let instanceID, let operation, let failure):
            logger.warning(
                "An operation of an entity failed; its state is as before",
                metadata: [
                    LogKey.instance: "\(instanceID)", LogKey.operation: "\(operation)",
                    LogKey.failure: "\(failure.type)", LogKey.message: "\(failure.message.prefix(500))",
                ])
        case .rowSetAside(let row):
            logger.error(
                "A row that cannot be read is set aside",
                metadata: [
                    LogKey.table: "\(row.table.rawValue)", LogKey.row: "\(row.name)", LogKey.reason: "\(row.reason)",
                    LogKey.file: "\(setup.storePath)",
                ])
        case .alarmDropped(let subject, let reason):
            logger.error(
                "An alarm is dropped: what it is for cannot be read",
                metadata: [LogKey.alarm: "\(subject)", LogKey.reason: "\(reason)"])
        case .lookupDropped(let instance, let reason):
            logger.error(
                "What an instance may wait for cannot be looked up: its row cannot be read",
                metadata: [LogKey.key: "\(instance)", LogKey.reason: "\(reason)"])
        case .waitersUnreadable(let instanceID, let reason):
            logger.error(
                "Some who wait for an instance's end cannot be read, and are not told of it",
                metadata: [LogKey.instance: "\(instanceID)", LogKey.error: "\(reason)"])
        case .childrenUnreadable(let instanceID, let reason):
            logger.warning(
                "The sub-orchestrations of a purged instance are not known, because its history is damaged",
                metadata: [LogKey.instance: "\(instanceID)", LogKey.reason: "\(reason)"])
        case .intake, .timers: observeGate(observation)
        case .permits(let activity, let waiting, let given):
            setup.metrics.host.permits(of: activity, waiting: waiting, given: given)
        case .workerSilent, .workGivenBack, .leaseProlonged, .heartbeat, .activityTimedOut: observeWork(observation)
        }
    }

    private func observeGate(_ observation: Observation) {
        let logger = setup.logger
        switch observation {
        case .intake(let isTaken, let unconfirmed):
            let metadata: Logger.Metadata = [
                LogKey.unconfirmed: "\(unconfirmed)", LogKey.limit: "\(setup.outboxLimit)",
            ]
            if isTaken {
                logger.notice("The partition takes starts, events and control messages again", metadata: metadata)
            } else {
                logger.warning(
                    """
                    The partition takes no new starts, events and control messages: too much of what it sent is not \
                    confirmed. They wait in their queue. See whether the broker is reachable, in an alarm, or slow
                    """, metadata: metadata)
            }
        case .timers(let fire, let unconfirmed):
            logger.warning(
                fire ? "The partition's timers fire again" : "The partition's timers wait as well",
                metadata: [LogKey.unconfirmed: "\(unconfirmed)", LogKey.limit: "\(setup.outboxLimit)"])
        default: break
        }
    }

    private func observeWork(_ observation: Observation) {
        func metadata(_ note: Observation.LeaseNote, isDispatched: Bool) -> Logger.Metadata {
            var metadata: Logger.Metadata = [
                LogKey.instance: "\(note.instanceID)", LogKey.activity: "\(note.activity)",
            ]
            if isDispatched { metadata[LogKey.attempt] = "\(note.attempt)" }
            return metadata
        }
        let logger = setup.logger
        switch observation {
        case .workerSilent(let note):
            setup.metrics.host.activity(note.activity).silent.increment()
            logger.warning(
                "An activity's worker is silent; its work item is dispatched again",
                metadata: metadata(note, isDispatched: true))
        case .workGivenBack(let note):
            setup.metrics.host.activity(note.activity).givenBack.increment()
            logger.info(
                "A worker gives a work item back; it is dispatched again",
                metadata: metadata(note, isDispatched: true))
        case .leaseProlonged(let note):
            logger.debug(
                "A lease is prolonged: the broker takes no messages, or is lost",
                metadata: metadata(note, isDispatched: false))
        case .activityTimedOut(let instanceID, let activity, let timeout):
            logger.info(
                "A time limit of an activity has run out",
                metadata: [
                    LogKey.instance: "\(instanceID)", LogKey.activity: "\(activity)",
                    LogKey.reason: "\(timeout.failureType)",
                ])
        case .heartbeat(let instanceID):
            logger.debug("A worker says that it goes on", metadata: [LogKey.instance: "\(instanceID)"])
        default: break
        }
    }
}
