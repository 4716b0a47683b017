import Warren
import WarrenMessaging

extension Step {
    /// Suspends an instance: messages for it are kept in its history until it is resumed.
    mutating func suspend(_ instance: InstanceState, reason: String?, _ frame: Frame) {
        guard instance.record.status != .suspended else { return }
        happen(.executionSuspended(reason: reason), to: instance)
        instance.record.status = .suspended
        instance.record.condition.suspension = Suspension(cause: .byOperator, reason: reason, since: now)
        var messages: [OutboxMessage] = []
        instance.announce(.suspended, &messages, frame)
        unattached += messages
    }

    mutating func resume(_ instance: InstanceState, reason: String?, _ frame: Frame) {
        guard instance.record.status == .suspended else { return }
        happen(.executionResumed(reason: reason), to: instance)
        instance.record.status = .running
        if !instance.record.conditionBytes.isEmpty { instance.record.condition.suspension = nil }
        var messages: [OutboxMessage] = []
        instance.announce(.running, &messages, frame)
        unattached += messages
    }
}
