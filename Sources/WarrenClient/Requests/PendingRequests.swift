package import WarrenMessaging

/// Which requests are unanswered, and who waits for which answer. Pure: it decides, its owner acts.
///
/// A request has up to two answers: that it was accepted, and how it ended. Each is a slot of its own. An answer that
/// comes before anybody waits is kept; a wait that is cancelled before it is registered is cancelled when it registers.
/// Everybody who waits for a slot gets its answer, the ones who come later too, until the request is forgotten.
package struct PendingRequests<Waiter: Sendable>: Sendable {
    /// Which of a request's answers.
    package enum Stage: Sendable, Hashable, CaseIterable {
        /// The host has taken the message.
        case acceptance
        /// The question is answered, or the instance has ended.
        case outcome
    }

    /// Names one wait.
    package struct Ticket: Sendable, Hashable {
        fileprivate var number: UInt64
    }

    /// What the owner has to do.
    package enum Action: Sendable {
        case none
        case resume([Waiter], Result<Answer, any Error>)
    }

    private struct Slot {
        var answer: Result<Answer, any Error>?
        var waiters: [(ticket: Ticket, waiter: Waiter)] = []
        /// What to publish to be answered after the reply queue was lost.
        var question: OutboundMessage?
    }

    private var requests: [String: [Stage: Slot]] = [:]
    private var cancelledEarly: Set<Ticket> = []
    private var lastTicket: UInt64 = 0
    private var closure: ClientError?

    package init() {}

    /// How many requests are held.
    package var count: Int { requests.count }

    /// Makes room for the answers to a request. Do so before publishing it.
    ///
    /// - Parameter questions: for each expected answer what to publish again if the reply queue is lost meanwhile.
    package mutating func open(_ correlationID: String, questions: [Stage: OutboundMessage]) throws(ClientError) {
        if let closure { throw closure }
        requests[correlationID] = questions.mapValues { Slot(question: $0) }
    }

    /// Names a wait that is about to begin, so that it can be cancelled from the first moment on.
    package mutating func issueTicket() -> Ticket {
        lastTicket += 1
        return Ticket(number: lastTicket)
    }

    /// Begins a wait.
    package mutating func wait(
        for correlationID: String, _ stage: Stage, ticket: Ticket, waiter: Waiter
    ) -> Action {
        if cancelledEarly.remove(ticket) != nil { return .resume([waiter], .failure(CancellationError())) }
        guard let slot = requests[correlationID]?[stage] else {
            let error = closure ?? ClientError(.closed, "The request is no longer open; ask again.")
            return .resume([waiter], .failure(error))
        }
        if let answer = slot.answer { return .resume([waiter], answer) }
        requests[correlationID]?[stage]?.waiters.append((ticket, waiter))
        return .none
    }

    /// Ends one wait. The request stays open for others.
    package mutating func cancel(_ ticket: Ticket, of correlationID: String, _ stage: Stage) -> Action {
        guard let waiters = requests[correlationID]?[stage]?.waiters,
            let index = waiters.firstIndex(where: { $0.ticket == ticket })
        else {
            // Not registered yet, or resumed already; in the second case nobody will ever ask for this ticket again,
            // and `finish` drops it.
            cancelledEarly.insert(ticket)
            return .none
        }
        requests[correlationID]?[stage]?.waiters.remove(at: index)
        return .resume([waiters[index].waiter], .failure(CancellationError()))
    }

    /// A wait is over, however it ended.
    package mutating func finish(_ ticket: Ticket) {
        cancelledEarly.remove(ticket)
    }

    /// Takes an answer in. The first answer of a slot stands; what nobody asked for is ignored.
    package mutating func receive(_ answer: Answer) -> [Action] {
        switch answer.status {
        case .accepted:
            settle(answer.correlationID, [.acceptance], .success(answer))
        case .completed, .failed, .terminated, .answered, .rejected:
            // An outcome says that the message was taken as well: the first reply may have been lost with a connection.
            settle(answer.correlationID, [.acceptance, .outcome], .success(answer))
        }
    }

    /// Ends a request that cannot be answered.
    package mutating func fail(_ correlationID: String, _ error: any Error) -> [Action] {
        settle(correlationID, [.acceptance, .outcome], .failure(error))
    }

    /// Lets go of a request. Who still waits is told that it was closed.
    package mutating func forget(_ correlationID: String) -> [Action] {
        let error = ClientError(.closed, "The request was given up before its answer came.")
        let actions = fail(correlationID, error)
        requests[correlationID] = nil
        return actions
    }

    /// What to publish after the reply queue was lost and declared anew: whatever was sent to it in between is gone.
    package func unanswered() -> [OutboundMessage] {
        requests.sorted { $0.key < $1.key }.flatMap { _, slots in
            PendingRequests.Stage.allCases.compactMap { stage in
                slots[stage].flatMap { $0.answer == nil ? $0.question : nil }
            }
        }
    }

    /// Ends everything, now and later.
    package mutating func close(_ error: ClientError) -> [Action] {
        closure = closure ?? error
        let actions = requests.keys.sorted().flatMap { fail($0, error) }
        requests = [:]
        return actions
    }

    private mutating func settle(
        _ correlationID: String, _ stages: [Stage], _ result: Result<Answer, any Error>
    ) -> [Action] {
        var actions: [Action] = []
        for stage in stages {
            guard let slot = requests[correlationID]?[stage], slot.answer == nil else { continue }
            requests[correlationID]?[stage]?.answer = result
            requests[correlationID]?[stage]?.waiters = []
            requests[correlationID]?[stage]?.question = nil
            if !slot.waiters.isEmpty { actions.append(.resume(slot.waiters.map(\.waiter), result)) }
        }
        return actions
    }
}
