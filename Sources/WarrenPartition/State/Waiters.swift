import AMQPMessages
import Warren
import WarrenMessaging

/// Manages the callers that wait for an instance's end.
///
/// The first ones are in the instance's row; each later one has a row of its own, so that nothing is written again for
/// the next one. Beyond a bound a new one is rejected with a message; the earlier ones keep their place.
extension Step {
    /// Adds a caller that waits for the end, and writes that. The callers so far have been read:
    /// `PartitionState.loadWaiters`.
    mutating func add(_ address: ReplyAddress, toWaitersOf instance: InstanceState, _ frame: Frame) {
        let bounds = frame.rules.waiters
        let first = instance.waiters
        if first.contains(address) { return }
        if first.count < bounds.inRow {
            instance.waiters = first + [address]
            if instance.isStored { write(instance) }
            return
        }
        var later = instance.laterWaiters ?? []
        if later.contains(address) { return }
        guard first.count + later.count < bounds.most else {
            let refusal = Refusal(
                .overloaded,
                "\(bounds.most) wait for the end of '\(instance.record.instanceID)', and no more can. Ask again later.")
            return answer(address, refusal, instanceID: instance.record.instanceID, frame)
        }
        // This must be the only copy of the set: otherwise adding an address would copy all of them.
        instance.laterWaiters = nil
        later.insert(address)
        instance.laterWaiters = later
        commit.waiters.append(WaiterRow(instance: instance.record.key, address: WaiterCodec.encode([address])))
    }

    /// Reports to all callers how the instance ended.
    mutating func answerWaiters(of instance: InstanceState, _ messages: inout [OutboxMessage], _ frame: Frame) {
        let bounds = frame.rules.waiters
        var waiters = instance.waiters
        if waiters.count >= bounds.inRow {
            waiters += (instance.laterWaiters ?? []).sorted {
                ($0.queue, $0.correlationID) < ($1.queue, $1.correlationID)
            }
            if let reason = instance.unreadableWaiters {
                observe(.waitersUnreadable(instanceID: instance.record.instanceID, reason: reason))
            }
            commit.removedWaiters.append(instance.record.key)
        }
        instance.waiters = []
        instance.laterWaiters = []
        instance.unreadableWaiters = nil
        var left = bounds.answerBytes
        for waiter in waiters {
            let end = frame.wire.reply(frame.wire.endReply(instance.record, to: waiter), at: now)
            if end.body.count <= left || left == bounds.answerBytes {
                left -= end.body.count
                messages.append(end)
                continue
            }
            let refusal = Refusal(
                .overloaded,
                "'\(instance.record.instanceID)' has ended. \(waiters.count) wait for its answer of \(end.body.count) bytes: "
                    + "ask for it again.")
            messages.append(
                frame.wire.reply(
                    ReplyMessage(
                        address: waiter, status: .rejected, instanceID: instance.record.instanceID,
                        body: frame.wire.json(refusal)),
                    at: now))
        }
    }
}
