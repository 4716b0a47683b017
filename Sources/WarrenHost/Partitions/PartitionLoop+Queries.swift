import Warren
import WarrenMessaging
import WarrenPartition

/// Lets orchestrators answer queries of their state.
extension PartitionLoop {
    /// Asks the orchestrators that are in memory. The answers are sent when the step that took the questions is durable,
    /// so that nobody learns of a state which a crash could undo. Those that are not in memory are replayed beside the
    /// partition.
    func answerFromMemory(_ questions: inout [PartitionQuestion]) {
        for index in questions.indices {
            guard case .state(let instanceID, let question) = questions[index].question,
                let (name, session) = machine.sessionToAsk(instanceID)
            else { continue }
            if let subject = questions[index].input.kind.crashSubject { setup.crashGuard.enter(subject) }
            setup.watch.begin(name, instanceID)
            questions[index].stateAnswer = session.answer(question)
            setup.watch.end()
        }
    }
}
