import AMQPMessages
import Testing
import Warren
import WarrenClient
import WarrenMessaging

/// Every state of a slot (open, waited for, answered, gone) against every input.
@Suite("Pending requests", .timeLimit(.minutes(5)))
struct PendingRequestsTests {
    typealias Requests = PendingRequests<String>

    var requests = Requests()

    private let question = OutboundMessage(exchange: "hub.control", routingKey: "a/wait")

    @Test("An answer goes to the one who waits for it")
    mutating func answersWaiter() throws {
        try requests.open("1", questions: [.outcome: question])
        #expect(resumed(wait("1", .outcome, "ann")) == [])
        #expect(resumed(requests.receive(answer("1", .completed))) == ["ann: Completed"])
    }

    @Test("An answer that comes first is kept for whoever waits later, any number of times")
    mutating func keepsAnswer() throws {
        try requests.open("1", questions: [.outcome: question])
        #expect(resumed(requests.receive(answer("1", .completed))) == [])
        #expect(resumed(wait("1", .outcome, "ann")) == ["ann: Completed"])
        #expect(resumed(wait("1", .outcome, "bob")) == ["bob: Completed"])
    }

    @Test("Everybody who waits for a slot gets its answer, in the order they came")
    mutating func answersAll() throws {
        try requests.open("1", questions: [.outcome: question])
        _ = wait("1", .outcome, "ann")
        _ = wait("1", .outcome, "bob")
        #expect(resumed(requests.receive(answer("1", .failed))) == ["ann: Failed", "bob: Failed"])
    }

    @Test("Acceptance and outcome are awaited apart")
    mutating func twoStages() throws {
        try requests.open("1", questions: [.acceptance: question, .outcome: question])
        _ = wait("1", .acceptance, "ann")
        _ = wait("1", .outcome, "bob")
        #expect(resumed(requests.receive(answer("1", .accepted))) == ["ann: accepted"])
        #expect(resumed(requests.receive(answer("1", .completed))) == ["bob: Completed"])
    }

    @Test("An outcome says that the message was accepted, should the first reply be lost")
    mutating func outcomeImpliesAcceptance() throws {
        try requests.open("1", questions: [.acceptance: question, .outcome: question])
        _ = wait("1", .acceptance, "ann")
        #expect(resumed(requests.receive(answer("1", .completed))) == ["ann: Completed"])
        #expect(resumed(wait("1", .outcome, "bob")) == ["bob: Completed"])
    }

    @Test("A refusal answers both stages")
    mutating func refusal() throws {
        try requests.open("1", questions: [.acceptance: question, .outcome: question])
        _ = wait("1", .acceptance, "ann")
        _ = wait("1", .outcome, "bob")
        #expect(resumed(requests.receive(answer("1", .rejected))) == ["ann: rejected", "bob: rejected"])
    }

    @Test("The first answer stands when another one follows")
    mutating func firstStands() throws {
        try requests.open("1", questions: [.outcome: question])
        _ = requests.receive(answer("1", .completed))
        _ = requests.receive(answer("1", .failed))
        #expect(resumed(wait("1", .outcome, "ann")) == ["ann: Completed"])
    }

    @Test("An answer that nobody asked for changes nothing")
    mutating func strangersAnswer() throws {
        #expect(resumed(requests.receive(answer("9", .completed))) == [])
        try requests.open("1", questions: [.acceptance: question])
        _ = requests.receive(answer("1", .accepted))
        #expect(resumed(requests.receive(answer("1", .accepted))) == [])
        #expect(requests.count == 1)
    }

    @Test("A wait that is cancelled before it begins is cancelled when it begins")
    mutating func cancelledBefore() throws {
        try requests.open("1", questions: [.outcome: question])
        let ticket = requests.issueTicket()
        #expect(resumed(requests.cancel(ticket, of: "1", .outcome)) == [])
        #expect(resumed(requests.wait(for: "1", .outcome, ticket: ticket, waiter: "ann")) == ["ann: cancelled"])
    }

    @Test("A wait that is cancelled leaves the others waiting")
    mutating func cancelledDuring() throws {
        try requests.open("1", questions: [.outcome: question])
        let ticket = requests.issueTicket()
        _ = requests.wait(for: "1", .outcome, ticket: ticket, waiter: "ann")
        _ = wait("1", .outcome, "bob")
        #expect(resumed(requests.cancel(ticket, of: "1", .outcome)) == ["ann: cancelled"])
        #expect(resumed(requests.receive(answer("1", .completed))) == ["bob: Completed"])
    }

    @Test("A cancellation that comes after the answer resumes nobody twice")
    mutating func cancelledAfter() throws {
        try requests.open("1", questions: [.outcome: question])
        let ticket = requests.issueTicket()
        _ = requests.wait(for: "1", .outcome, ticket: ticket, waiter: "ann")
        _ = requests.receive(answer("1", .completed))
        #expect(resumed(requests.cancel(ticket, of: "1", .outcome)) == [])
        requests.finish(ticket)
        #expect(resumed(wait("1", .outcome, "bob")) == ["bob: Completed"])
    }

    @Test("Who waits for a request that is forgotten is told, and so is who comes later")
    mutating func forgotten() throws {
        try requests.open("1", questions: [.outcome: question])
        _ = wait("1", .outcome, "ann")
        #expect(resumed(requests.forget("1")) == ["ann: closed"])
        #expect(resumed(wait("1", .outcome, "bob")) == ["bob: closed"])
        #expect(requests.count == 0)
    }

    @Test("A request that cannot be answered fails for who waits and who comes later")
    mutating func failed() throws {
        try requests.open("1", questions: [.outcome: question])
        _ = wait("1", .outcome, "ann")
        #expect(resumed(requests.fail("1", ClientError(.noTaskHub, "gone"))) == ["ann: noTaskHub"])
        #expect(resumed(wait("1", .outcome, "bob")) == ["bob: noTaskHub"])
    }

    @Test("Closing ends every wait and refuses new requests")
    mutating func closed() throws {
        try requests.open("1", questions: [.outcome: question])
        try requests.open("2", questions: [.acceptance: question])
        _ = wait("1", .outcome, "ann")
        _ = wait("2", .acceptance, "bob")
        let error = ClientError(.closed, "over")
        #expect(resumed(requests.close(error)) == ["ann: closed", "bob: closed"])
        #expect(resumed(wait("1", .outcome, "cid")) == ["cid: closed"])
        #expect(throws: ClientError.self) { try requests.open("3", questions: [:]) }
    }

    @Test("After the reply queue was lost, what is unanswered is asked again, and nothing else")
    mutating func unanswered() throws {
        let start = OutboundMessage(exchange: "hub.start", routingKey: "Cities")
        try requests.open("1", questions: [.acceptance: start, .outcome: question])
        try requests.open("2", questions: [.acceptance: start, .outcome: question])
        try requests.open("3", questions: [.outcome: question])
        _ = requests.receive(answer("2", .accepted))
        _ = requests.receive(answer("3", .answered))
        #expect(requests.unanswered() == [start, question, question])
    }

    private mutating func wait(_ id: String, _ stage: Requests.Stage, _ waiter: String) -> Requests.Action {
        requests.wait(for: id, stage, ticket: requests.issueTicket(), waiter: waiter)
    }

    private func answer(_ id: String, _ status: ReplyMessage.Status) -> ReplyMessage {
        ReplyMessage(
            address: ReplyAddress(queue: "reply.x", correlationID: id), status: status, instanceID: nil, body: .null)
    }

    private func resumed(_ action: Requests.Action) -> [String] { resumed([action]) }

    private func resumed(_ actions: [Requests.Action]) -> [String] {
        actions.flatMap { action -> [String] in
            guard case .resume(let waiters, let result) = action else { return [] }
            let outcome =
                switch result {
                case .success(let answer): answer.status.rawValue
                case .failure(let error as ClientError): "\(error.code)"
                case .failure: "cancelled"
                }
            return waiters.map { "\($0): \(outcome)" }
        }
    }
}
