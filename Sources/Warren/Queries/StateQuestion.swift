/// A query of the state of an orchestrator.
package struct StateQuestion: Sendable, Hashable {
    /// The query's name.
    package var name: String
    package var input: Payload

    package init(name: String, input: Payload) {
        self.name = name
        self.input = input
    }
}

/// The answer of an orchestrator to a query of its state.
package enum StateAnswer: Sendable, Hashable {
    case answered(Payload)
    /// The handler failed.
    case failed(FailureDetails)
    /// The orchestrator answers no query of the name; those that it answers, sorted.
    case unknown(known: [String])
    /// Nothing can answer: the code does not agree with the history, or its executor takes no queries.
    case impossible(reason: String)
}
