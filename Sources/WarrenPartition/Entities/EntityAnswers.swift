import Warren
import WarrenMessaging

/// Takes the answers of entities at their callers, and releases what a caller has locked when it ends.
extension PartitionState {
    /// Takes an answer.
    ///
    /// - Parameter instance: the caller, if it is still the execution that asked.
    mutating func take(
        _ answer: EntityAnswer, _ command: RaiseCommand, at instance: InstanceState?, _ step: inout Step,
        _ frame: Frame
    ) {
        guard let number = EntityAnswer.number(command.eventName) else { return }
        guard let instance else {
            // Nobody is there to release the lock later.
            guard case .locked(let entities) = answer.outcome else { return }
            let caller = EntityRequest.Caller(
                instanceID: command.instanceID, executionID: answer.executionID, taskID: number)
            return step.release(entities, of: caller, frame)
        }
        guard instance.open.entities?.isOpen(number) == true else {
            instance.unplayed = nil
            return
        }
        step.happen(.eventRaised(name: command.eventName, input: command.payload), to: instance)
    }
}

extension Frame {
    /// Builds the releases of the entities that an execution has locked. Its open tasks have been read.
    func releases(of instance: InstanceState) -> [OutboxMessage] {
        guard let locks = instance.open.entities?.locks, !locks.isEmpty else { return [] }
        let record = instance.record
        return locks.sorted { $0.key < $1.key }.flatMap { id, entities in
            let caller = EntityRequest.Caller(
                instanceID: record.instanceID, executionID: record.executionID, taskID: id)
            return entities.map { release($0, of: caller) }
        }
    }
}
