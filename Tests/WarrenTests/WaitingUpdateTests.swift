import Testing

@testable import Warren

/// Updates with handlers that wait: begun in one episode, and answered in a later one.
@Suite("Updates that wait", .timeLimit(.minutes(5)))
struct WaitingUpdateTests {
    private static let flow = Orchestration<Int, [String]>("Flow")
    private static let pay = Update<String, Int>("pay")

    private func functions(_ body: @escaping Orchestration<Int, [String]>.Body) -> FunctionRegistry {
        let functions = FunctionRegistry()
        functions.register(Self.flow, body: body)
        return functions
    }

    private func host(
        mode: ScriptedHost.Mode = .evicting, _ body: @escaping Orchestration<Int, [String]>.Body
    ) -> ScriptedHost {
        let host = ScriptedHost(functions(body), "Flow", .integer(2), mode: mode)
        host.start()
        return host
    }

    /// Pays by two calls, one after the other, until as many are paid as its input says.
    private static let till: Orchestration<Int, [String]>.Body = { context, wanted in
        var log: [String] = []
        context.answer("log") { log }
        context.accept(
            pay, validate: { card in if card.isEmpty { throw CancellationError() } },
            handler: { card in
                log.append("begins \(card)")
                let first = try await context.call(Work.echo, card)
                if first == "void" { throw TestFailure() }
                log.append(try await context.call(Work.echo, "paid \(first)"))
                return log.count
            })
        try await context.wait { log.count { $0.hasPrefix("paid") } >= wanted }
        return log
    }

    private struct TestFailure: Error {}

    private func update(_ card: String, id: String) -> HistoryEvent {
        .updateAccepted(id: id, name: "pay", input: Payload(.string(card)))
    }

    private func done(_ id: Int, _ text: String) -> HistoryEvent {
        .taskCompleted(id: id, result: Payload(.string(text)))
    }

    @Test(
        "one is recorded when it begins and when it has ended, beside others and the body, and replays alike",
        arguments: ScriptedHost.Mode.allCases)
    func interleaved(mode: ScriptedHost.Mode) throws {
        let host = host(mode: mode, Self.till)
        #expect(host.update("pay", .string("a"), id: "1") == .begun)
        #expect(host.history.contains(update("a", id: "1")))
        #expect(host.update("pay", .string("b"), id: "2") == .begun)
        #expect(host.ask("log") == .answered(Payload(json: #"["begins a","begins b"]"#)))
        #expect(host.episode([done(1, "b")]).updates == [])
        #expect(host.episode([done(0, "a")]).updates == [])
        // The second call of b is number 2, that of a number 3: in the order in which their answers came.
        #expect(
            host.episode([done(2, "paid b")]).updates
                == [UpdateOutcome(id: "2", result: .completed(Payload(.integer(3))))])
        #expect(host.history.contains(.updateCompleted(id: "2", result: Payload(.integer(3)), failure: nil)))
        let last = host.episode([done(3, "paid a")])
        #expect(last.updates == [UpdateOutcome(id: "1", result: .completed(Payload(.integer(4))))])
        #expect(host.output == #"["begins a","begins b","paid b","paid a"]"#)
        #expect(ReplayTester(functions: functions(Self.till)).fault(in: host.history) == nil)
    }

    @Test("one that fails later has been taken, and the body goes on")
    func fails() {
        let host = host(Self.till)
        #expect(host.update("pay", .string("void"), id: "1") == .begun)
        guard case .failed(let failure)? = host.episode([done(0, "void")]).updates.first?.result else {
            return #expect(Bool(false), "It did not fail.")
        }
        #expect(failure.type == "TestFailure" && host.completion == nil)
        #expect(host.history.contains(.updateCompleted(id: "1", result: .null, failure: failure)))
        // The validator refuses at once.
        guard case .refused? = host.update("pay", .string(""), id: "2") else {
            return #expect(Bool(false), "It was taken.")
        }
    }

    @Test("one that begins and ends in the same episode has one outcome")
    func sameEpisode() {
        let host = host { context, _ in
            context.accept("now") { (word: String) async throws -> Int in word.count }
            try await context.wait { false }
            return []
        }
        #expect(host.update("now", .string("abc")) == .completed(Payload(.integer(3))))
        #expect(host.history.filter { if case .updateCompleted = $0 { true } else { false } }.count == 1)
        let held = self.host(Self.till)
        let outcome = held.episode([update("a", id: "1"), done(0, "a"), done(1, "paid a")])
        #expect(outcome.updates == [UpdateOutcome(id: "1", result: .completed(Payload(.integer(2))))])
        #expect(held.ask("log") == .answered(Payload(json: #"["begins a","paid a"]"#)))
    }

    @Test("the body's end gives up those under way, cancels what they wait for, and ends the instance")
    func abandoned() {
        let host = host { context, _ in
            var log: [String] = []
            context.accept(Self.pay) { card in
                do {
                    return try await context.call(Work.never, card).count
                } catch {
                    log.append("given up")
                    throw error
                }
            }
            _ = try await context.wait(for: Work.go)
            return log
        }
        #expect(host.update("pay", .string("a"), id: "1") == .begun)
        let last = host.raise("Go", .integer(1))
        #expect(last.updates == [UpdateOutcome(id: "1", result: .failed(.abandonedUpdate))])
        #expect(last.actions.contains(.cancelTask(id: 0)))
        #expect(host.output == "[]")
        #expect(host.history.contains(.updateCompleted(id: "1", result: .null, failure: .abandonedUpdate)))
    }

    @Test("a body that waits for updates lets them end, and one that continues as new gives them up")
    func ends() {
        let patient = host { context, _ in
            var log: [String] = []
            context.accept(Self.pay) { card in
                log.append(try await context.call(Work.echo, card))
                return log.count
            }
            _ = try await context.wait(for: Work.go)
            try await context.waitForUpdates()
            return log
        }
        #expect(patient.update("pay", .string("a"), id: "1") == .begun)
        #expect(patient.raise("Go", .integer(1)).completion == nil)
        #expect(patient.episode([done(0, "a")]).updates.first?.result == .completed(Payload(.integer(1))))
        #expect(patient.output == #"["a"]"#)

        let renewing = host { context, number in
            context.accept(Self.pay) { card in try await context.call(Work.never, card).count }
            context.accept("again") { (number: Int) async throws -> Int in
                try await context.sleep(for: .seconds(1))
                try context.continueAsNew(number)
            }
            _ = try await context.wait(for: Work.go)
            try context.continueAsNew(number)
        }
        renewing.update("pay", .string("a"), id: "1")
        #expect(renewing.update("again", .integer(1), id: "2") == .begun)
        guard case .failed(let failure)? = renewing.episode([.timerFired(id: 1)]).updates.first?.result else {
            return #expect(Bool(false), "It began the next generation.")
        }
        #expect(failure.type == "ContinueAsNewInHandler" && renewing.completion == nil)
        let last = renewing.raise("Go", .integer(1))
        #expect(last.updates == [UpdateOutcome(id: "1", result: .failed(.abandonedUpdate))])
        guard case .continuedAsNew? = last.completion else { return #expect(Bool(false), "It did not go on.") }
    }

    @Test("so many may be under way, and the next one is refused")
    func bound() {
        let host = host(mode: .warm) { context, _ in
            context.accept(Self.pay) { card in try await context.call(Work.never, card).count }
            try await context.wait { false }
            return []
        }
        let updates = (0..<100).map { update("a", id: "\($0)") }
        #expect(host.episode(updates).updates.allSatisfy { $0.result == .begun })
        #expect(host.update("pay", .string("b"), id: "100") == .refused(.tooManyUpdates))
        #expect(!host.history.contains(update("b", id: "100")))
    }
}
