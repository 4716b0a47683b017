import Testing

@testable import Warren

/// What orchestrators ask of entities, and how that is recorded.
@Suite("Entities in orchestrators", .timeLimit(.minutes(1)))
struct EntityCallTests {
    private struct Account: EntityState, Equatable { var balance = 0 }
    private static let account = Entity<Account>("Account")
    private static let deposit = account.operation("deposit", Int.self, returning: Int.self)
    private static let close = account.operation("close")
    private static let child = Orchestration<Int, Int>("Child")
    private static let go = ExternalEvent<Void>("Go")

    /// Runs an orchestrator, and answers what it asks of entities.
    ///
    /// - Parameter answer: the outcome of a request by its operation; `nil` leaves it open.
    private func run(
        _ mode: ScriptedHost.Mode, answering answer: (String, EntityRequest) -> EntityAnswer.Outcome?,
        _ body: @escaping @Sendable (OrchestrationContext) async throws -> String
    ) throws -> ScriptedHost {
        let functions = FunctionRegistry()
        functions.register(Orchestration<Void, String>("Main")) { context in try await body(context) }
        let host = ScriptedHost(functions, "Main", mode: mode)
        host.children["Child"] = { .value($0) }
        host.run()
        var answered = 0
        while host.completion == nil {
            let sent = requests(host)
            guard answered < sent.count else { break }
            var events: [HistoryEvent] = []
            for (id, name, request) in sent[answered...] where !request.isSignal {
                guard let outcome = answer(name, request) else { continue }
                events.append(
                    .eventRaised(
                        name: "@\(id)", input: EntityAnswer(executionID: "execution-1", outcome: outcome).payload))
            }
            answered = sent.count
            if events.isEmpty { break }
            for event in events where host.completion == nil { host.episode([event]) }
            host.run()
        }
        return host
    }

    /// What was sent to entities: number, operation, request.
    private func requests(_ host: ScriptedHost) -> [(id: Int, name: String, request: EntityRequest)] {
        host.actions.compactMap { event in
            guard case .eventSent(let id, _, let name, let input) = event, let request = EntityRequest(input) else {
                return nil
            }
            return (id, name, request)
        }
    }

    @Test(
        "A call's result comes back, and a call after it names it as the one that goes first",
        arguments: ScriptedHost.Mode.allCases)
    func calls(mode: ScriptedHost.Mode) throws {
        let host = try run(mode) { _, request in
            .completed(Payload(json: "\(request.input.json)0"))
        } _: { context in
            let first = try await context.call(Self.deposit, 1, on: "alice")
            try context.signal(Self.deposit, 2, on: "bob")
            let second = try await context.call(Self.deposit, first, on: "alice")
            return "\(first) \(second)"
        }
        #expect(host.output == #""10 100""#)
        let sent = requests(host)
        #expect(sent.map(\.name) == ["deposit", "deposit", "deposit"])
        #expect(sent.map(\.request.isSignal) == [false, true, false])
        #expect(sent.map(\.request.after) == [nil, nil, 0])
        #expect(host.actions.contains { if case .eventSent(_, "@account@alice", _, _) = $0 { true } else { false } })
    }

    @Test("A failed operation is thrown as an EntityFailure with the operation's own failure")
    func failure() throws {
        let host = try run(.evicting) { _, _ in
            .failed(FailureDetails(type: "Overdrawn", message: "No."))
        } _: { context in
            do {
                return "\(try await context.call(Self.deposit, 1, on: "alice"))"
            } catch let failure as EntityFailure {
                return "\(failure.entity) \(failure.operation) \(failure.details.isCaused(by: "Overdrawn"))"
            }
        }
        #expect(host.output == #""@account@alice deposit true""#)
        let uncaught = try run(.warm) { _, _ in
            .failed(FailureDetails(type: "Overdrawn", message: "No."))
        } _: {
            "\(try await $0.call(Self.deposit, 1, on: "alice"))"
        }
        #expect(uncaught.failure?.type == "EntityFailure")
        #expect(uncaught.failure?.rootCause.type == "Overdrawn")
    }

    @Test(
        "Entities are locked in the order of their IDs, each once, and released when the code has ended, or has thrown",
        arguments: ScriptedHost.Mode.allCases)
    func locks(mode: ScriptedHost.Mode) throws {
        let host = try run(mode) { name, request in
            name == "@lock" ? .locked(request.lockSet) : .completed(Payload(json: "1"))
        } _: { context in
            let (a, b) = (Self.account["a"], Self.account["b"])
            try await context.withLock(on: b, a, b) {
                _ = try await context.call(Self.deposit, 1, on: "b")
            }
            do {
                try await context.withLock(on: b) { throw FailureDetails(type: "Thrown", message: "") }
            } catch let failure as FailureDetails {
                return failure.type
            }
            return ""
        }
        #expect(host.output == #""Thrown""#)
        let sent = requests(host)
        #expect(sent.map(\.name) == ["@lock", "deposit", "@release", "@release", "@lock", "@release"])
        #expect(sent[0].request.lockSet == ["@account@a", "@account@b"])
        #expect(sent[2].request.caller?.taskID == 0)
        #expect(sent[5].request.caller?.taskID == 4)
    }

    @Test("While entities are locked: no lock, no sub-orchestration, calls only of these, and no signals to these")
    func rules() throws {
        let host = try run(.warm) { name, request in
            name == "@lock" ? .locked(request.lockSet) : .completed(Payload(json: "1"))
        } _: { context in
            var refused: [String] = []
            func note(_ what: String, _ body: () async throws -> Void) async throws {
                do { try await body() } catch let error as WarrenError where error.code == .lockedEntities {
                    refused.append(what)
                }
            }
            try await context.withLock(on: Self.account["a"]) {
                try await note("lock") { try await context.withLock(on: Self.account["b"]) {} }
                try await note("child") { _ = try await context.call(Self.child, 1) }
                try await note("call") { _ = try await context.call(Self.deposit, 1, on: "b") }
                try await note("signal") { try context.signal(Self.close, on: "a") }
                try await note("other signal") { try context.signal(Self.close, on: "b") }
                try await note("locked call") { _ = try await context.call(Self.deposit, 1, on: "a") }
            }
            _ = try await context.call(Self.child, 1)
            return refused.joined(separator: ",")
        }
        #expect(host.output == #""lock,child,call,signal""#)
    }

    @Test("A lock that no code waits for any more is released when it comes", arguments: ScriptedHost.Mode.allCases)
    func abandonedLock(mode: ScriptedHost.Mode) throws {
        let functions = FunctionRegistry()
        functions.register(Orchestration<Void, String>("Main")) { context in
            let isLocked = try await withThrowingTaskGroup(of: Bool.self) { group in
                group.addTask { try await context.withLock(on: Self.account["a"]) { true } }
                group.addTask {
                    try await context.wait(for: Self.go)
                    return false
                }
                defer { group.cancelAll() }
                return try await group.next() ?? false
            }
            try await context.wait(for: Self.go)
            return "\(isLocked)"
        }
        let host = ScriptedHost(functions, "Main", mode: mode)
        host.start()
        host.raise("Go")
        host.episode([
            .eventRaised(
                name: "@0",
                input: EntityAnswer(executionID: "execution-1", outcome: .locked(["@account@a"])).payload)
        ])
        #expect(requests(host).map(\.name) == ["@lock", "@release"])
        host.raise("Go")
        #expect(host.output == #""false""#)
    }

    @Test("An ended body does not wait for an operation, and an answer to another execution is an event like any other")
    func endings() throws {
        let host = try run(.warm) { _, _ in
            nil
        } _: { context in
            async let _ = context.call(Self.deposit, 1, on: "alice")
            return "done"
        }
        // The end of an `async let` cancels its call.
        #expect(host.output == #""done""#)
        let stranger = try run(.warm) { _, _ in
            nil
        } _: { context in
            let event = try await context.wait(for: ExternalEvent<JSONValue>("@0"))
            return "\(event)"
        }
        stranger.episode([
            .eventRaised(name: "@0", input: EntityAnswer(executionID: "other", outcome: .locked([])).payload)
        ])
        #expect(stranger.output != nil)
    }

    @Test("The input of a recorded request may be written in another order; another input is a difference")
    func determinism() {
        let request = EntityRequest(
            isSignal: true, input: Payload(json: #"{"b":1,"a":2}"#), due: Timestamp(microseconds: 5))
        var later = request
        later.due = Timestamp(microseconds: 9)
        #expect(request.isSame(later.payload) { _ in true })
        #expect(!request.isSame(later.payload) { _ in false })
        later.after = 3
        #expect(!request.isSame(later.payload) { _ in true })
        #expect(EntityRequest(request.payload) == request)
        #expect(EntityRequest(Payload(json: "5")) == nil)
    }

    @Test("An entity's ID is @name@key: the name in lower case, the key as it is, also an empty one")
    func ids() {
        #expect(Self.account["Alice"].instanceID == "@account@Alice")
        #expect(EntityID(instanceID: "@account@") == Self.account[""])
        #expect(EntityID(instanceID: "@account@a@b")?.key == "a@b")
        for bad in [
            "account", "@account", "@Account@x", "@1@x", "@account@a/b",
            "@account@" + String(repeating: "k", count: 120),
        ] {
            #expect(EntityID(instanceID: bad) == nil, "\(bad)")
        }
        #expect(Self.account["a/b"].problem != nil)
    }
}
