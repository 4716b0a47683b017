import Warren
import WarrenMessaging

/// Reports to the process or instance that waits for a message that the message cannot be sent.
struct AnswerUnsendable: PartitionCommand {
    var unsendable: UnsendableMessage

    func resolve(_ state: inout PartitionState, _ frame: Frame) throws(Unresolved) {}

    func apply(_ found: Void, _ state: inout PartitionState, _ step: inout Step, _ frame: Frame) {
        let message = unsendable.message
        let fault = unsendable.fault
        // A copy goes to the dead letters for people, unless the message was one already.
        if !frame.wire.isDeadLetter(message) {
            let refusal = Refusal(
                fault.size == nil ? .badHeader : .tooLarge, "The host cannot send this message: \(fault).")
            step.send(
                frame.wire.deadLetter(
                    frame.wire.received(message), refusal, partition: frame.rules.partition, at: step.now))
        }
        switch frame.wire.awaiting(message) {
        case .activity(let token, let name):
            let failure = fault.failure(of: "The input of activity '\(name)'")
            step.followUps.append(.undeliverable(token, failure))
        case .childStart(let parent, let name):
            step.fail(parent, fault.failure(of: "The input of sub-orchestration '\(name)'"), frame)
        case .childEnd(let parent): step.fail(parent, fault.failure(of: "The output of a sub-orchestration"), frame)
        case .asker(let reply, let instanceID):
            step.answer(
                reply, Refusal(.tooLarge, fault.failure(of: "The answer").message), instanceID: instanceID, frame)
        case .nobody: break
        }
    }
}
