package import AMQPMessages
package import WarrenMessaging

/// The unanswered requests, and the callers that wait for each answer. Pure: it decides, and its owner acts.
///
/// A request has up to two answers: that it was accepted, and how it ended. Each is a slot of its own. An answer that
/// arrives before any wait is kept; a wait that is cancelled before it is registered is cancelled when it registers.
/// Every wait for a slot gets its answer, later waits too, until the request is removed.
package struct PendingRequests<Waiter: Sendable>: Sendable {
    /// One of a request's answers.
    package enum Stage: Sendable, Hashable, CaseIterable {
        /// The host has taken the message.
        case acceptance
        /// The question is answered, or the instance has ended.
        case outcome
    }

    /// Identifies one wait.
    package struct Ticket: Sendable, Hashable {
        fileprivate var number: UInt64
    }

    /// An action for the owner.
    package enum Action: Sendable {
        case none
        case resume([Waiter], Result<ReplyMessage, any Error>)
    }

    private struct Slot {
        var answer: Result<ReplyMessage, any Error>?
        var waiters: [(ticket: Ticket, waiter: Waiter)] = []
        /// The message to publish for an answer after the reply queue was lost.
        var question: OutboundMessage?
    }

    private var requests: [String: [Stage: Slot]] = [:]
    private var cancelledEarly: Set<Ticket> = []
    private var lastTicket: UInt64 = 0
    private var closure: ClientError?

    package init() {}

    /// The number of requests.
    package var count: Int { requests.count }

    /// Prepares for the answers to a request. Call it before publishing the request.
    ///
    /// - Parameter questions: for each expected answer the message to publish again if the reply queue is lost
    ///   meanwhile.
    package mutating func open(_ correlationID: String, questions: [Stage: OutboundMessage]) throws(ClientError) {
        if let closure { throw closure }
        requests[correlationID] = questions.mapValues { Slot(question: $0) }
    }

    /// Identifies a wait that is about to begin, so that it can be cancelled from the first moment on.
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

    /// Ends one wait. The request stays open for other waits.
    package mutating func cancel(_ ticket: Ticket, of correlationID: String, _ stage: Stage) -> Action {
        guard let waiters = requests[correlationID]?[stage]?.waiters,
            let index = waiters.firstIndex(where: { $0.ticket == ticket })
        else {
            // The wait is not registered yet, or was resumed already; in the second case the ticket is never used
            // again, and `finish` drops it.
            cancelledEarly.insert(ticket)
            return .none
        }
        requests[correlationID]?[stage]?.waiters.remove(at: index)
        return .resume([waiters[index].waiter], .failure(CancellationError()))
    }

    /// Records that a wait has ended.
    package mutating func finish(_ ticket: Ticket) {
        cancelledEarly.remove(ticket)
    }

    /// Handles an answer. The first answer of a slot counts; unexpected ones are ignored.
    package mutating func receive(_ answer: ReplyMessage) -> [Action] {
        switch answer.status {
        case .accepted:
            settle(answer.address.correlationID, [.acceptance], .success(answer))
        case .completed, .failed, .terminated, .answered, .rejected, .failure:
            // An outcome implies that the message was taken as well: the first reply may have been lost with a
            // connection.
            settle(answer.address.correlationID, [.acceptance, .outcome], .success(answer))
        }
    }

    /// Ends a request that cannot be answered.
    package mutating func fail(_ correlationID: String, _ error: any Error) -> [Action] {
        settle(correlationID, [.acceptance, .outcome], .failure(error))
    }

    /// Removes a request. Callers that still wait get an error that it was closed.
    package mutating func forget(_ correlationID: String) -> [Action] {
        let error = ClientError(.closed, "The request was given up before its answer came.")
        let actions = fail(correlationID, error)
        requests[correlationID] = nil
        return actions
    }

    /// The messages to publish after the reply queue was lost and declared again: replies sent in between are lost.
    package func unanswered() -> [OutboundMessage] {
        requests.sorted { $0.key < $1.key }.flatMap { _, slots in
            PendingRequests.Stage.allCases.compactMap { stage in
                slots[stage].flatMap { $0.answer == nil ? $0.question : nil }
            }
        }
    }

    /// Ends all requests, now and later.
    package mutating func close(_ error: ClientError) -> [Action] {
        closure = closure ?? error
        let actions = requests.keys.sorted().flatMap { fail($0, error) }
        requests = [:]
        return actions
    }

    private mutating func settle(
        _ correlationID: String, _ stages: [Stage], _ result: Result<ReplyMessage, any Error>
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
