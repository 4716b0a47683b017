import AMQPMessages
import Warren
import WarrenMessaging

/// Records what happens to instances.
extension Step {
    /// Adds an event to an instance. The instance runs at the end of the step.
    mutating func happen(_ event: HistoryEvent, to instance: InstanceState) {
        if instance.newEvents.isEmpty { touched.append(instance) }
        instance.newEvents.append(event)
        instance.open.track(event)
    }

    /// Writes the instance's row.
    mutating func write(_ instance: InstanceState) {
        let kind: InstanceWrite.Kind =
            if !instance.isStored { .insert } else if instance.isNewGeneration { .replace } else { .update }
        instance.isStored = true
        instance.isNewGeneration = false
        commit.instances.append(InstanceWrite(kind, instance.record))
    }

    /// Adds an episode to the history.
    mutating func append(_ events: [HistoryEvent], to instance: InstanceState) {
        commit.history.append(
            HistoryRow(
                instance: instance.record.key, generation: instance.record.generation,
                episode: instance.record.episodes, events: HistoryCodec.encode(events)))
        instance.record.episodes += 1
        instance.hasUnsealedHistory = true
    }

    /// Adds an episode that the code has not seen, and that is not in memory otherwise.
    mutating func appendUnrun(_ events: [HistoryEvent], to instance: InstanceState) {
        instance.unrunRows.append((instance.record.episodes, events))
        append(events, to: instance)
    }

    /// Gives up the instance's session, which is then unwound.
    mutating func unwind(_ instance: InstanceState) {
        guard let session = instance.session else { return }
        instance.session = nil
        unwinding.append((session, instance.suspicionSubject))
    }

    /// Sends the messages of an instance as rows of their own.
    mutating func send(_ messages: [OutboxMessage]) {
        if !messages.isEmpty { batches.append(messages) }
    }

    /// Sends a message that belongs to no instance.
    mutating func send(_ message: OutboundMessage) { unattached.append(message) }

    /// Sends a command that belongs to no instance.
    mutating func send(_ message: OutboxMessage) { unattached.append(message) }

    mutating func observe(_ observation: Observation) { observations.append(observation) }
}
