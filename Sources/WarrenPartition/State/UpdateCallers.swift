import Warren
import WarrenMessaging

/// Manages the callers of updates that are under way: their handlers have begun, and wait.
///
/// Their addresses are in the instance's row, so that they are answered by whichever process sees the handler end.
extension Step {
    /// The number of callers of an instance's updates under way. There are at most 100 updates; the rest is for copies of
    /// their messages.
    private static let mostUpdateCallers = 200

    /// Adds a caller of an update under way. The row is written with the open episode, or by `write`.
    mutating func add(
        _ address: ReplyAddress, toCallersOf updateID: String, _ instance: InstanceState, _ frame: Frame
    ) {
        let callers = instance.updateCallers
        let caller = UpdateCaller(updateID: updateID, address: address)
        if callers.contains(caller) { return }
        guard callers.count < Self.mostUpdateCallers else {
            let refusal = Refusal(
                .overloaded,
                "\(Self.mostUpdateCallers) wait for updates of '\(instance.record.instanceID)', and no more can. Ask again "
                    + "later, under the same message ID.")
            return answer(address, refusal, instanceID: instance.record.instanceID, frame)
        }
        instance.updateCallers = callers + [caller]
    }

    /// Answers the callers of an update that began in an earlier episode and has ended.
    mutating func answerCallers(of ended: UpdateOutcome, _ instance: InstanceState, _ frame: Frame) {
        // One that begins again, after a reset, has its callers still.
        guard ended.recordedEvent != nil, !instance.record.waiters.isEmpty else { return }
        let callers = instance.updateCallers
        let waiting = callers.filter { $0.updateID == ended.id }
        guard !waiting.isEmpty else { return }
        instance.updateCallers = callers.filter { $0.updateID != ended.id }
        for caller in waiting { answer(caller, ended.result, instance, frame) }
    }

    /// Answers the callers of all updates that are under way when the instance ends.
    mutating func abandonUpdates(of instance: InstanceState, _ frame: Frame) {
        let callers = instance.updateCallers
        guard !callers.isEmpty else { return }
        instance.updateCallers = []
        for caller in callers { answer(caller, .failed(.abandonedUpdate), instance, frame) }
    }

    private mutating func answer(
        _ caller: UpdateCaller, _ result: UpdateOutcome.Result, _ instance: InstanceState, _ frame: Frame
    ) {
        let (status, body): (ReplyMessage.Status, Payload)
        switch result {
        case .completed(let output): (status, body) = (.answered, output)
        case .failed(let failure): (status, body) = (.failure, frame.wire.json(failure))
        case .begun, .refused, .noHandler, .ended, .suspended: return
        }
        let instanceID = instance.record.instanceID
        send(
            frame.wire.reply(
                ReplyMessage(address: caller.address, status: status, instanceID: instanceID, body: body), at: now))
    }
}
