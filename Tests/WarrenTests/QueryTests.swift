import Testing

@testable import Warren

/// Questions about the state of orchestrators.
@Suite("Queries", .timeLimit(.minutes(5)))
struct QueryTests {
    private struct Broken: Error {}

    private enum Shop {
        static let flow = Orchestration<Int, Int>("Flow")
        static let remaining = Query<Void, Int>("remaining")
        static let plus = Query<Int, Int>("plus")
    }

    private func functions(_ body: @escaping Orchestration<Int, Int>.Body) -> FunctionRegistry {
        let functions = FunctionRegistry()
        functions.register(Shop.flow, body: body)
        return functions
    }

    private static let counting: Orchestration<Int, Int>.Body = { context, start in
        var remaining = start
        context.answer(Shop.remaining) { remaining }
        context.answer(Shop.plus) { number in remaining + number }
        context.answer("describe") { (unit: String?) in "\(remaining) \(unit ?? "items")" }
        context.answer("fails") { () throws -> Int in throw Broken() }
        while remaining > 0 {
            _ = try await context.wait(for: Work.go)
            remaining -= 1
        }
        return start
    }

    private func number(_ number: Int64) -> StateAnswer { .answered(Payload(.integer(number))) }

    @Test(
        "a query is answered from memory and from a replay alike, between two episodes",
        arguments: ScriptedHost.Mode.allCases)
    func warmAndCold(mode: ScriptedHost.Mode) {
        let host = ScriptedHost(functions(Self.counting), "Flow", .integer(3), mode: mode)
        host.start()
        #expect(host.ask("remaining") == number(3))
        host.raise("Go", .integer(1))
        #expect(host.ask("remaining") == number(2))
        #expect(host.ask("plus", .integer(40)) == number(42))
        let history = host.history
        #expect(host.ask("describe") == .answered(Payload(.string("2 items"))))
        #expect(host.ask("describe", .string("boxes")) == .answered(Payload(.string("2 boxes"))))
        #expect(host.history == history)
    }

    @Test("an instance that has ended answers by a replay of its history")
    func ended() {
        let host = ScriptedHost(functions(Self.counting), "Flow", .integer(1))
        host.start()
        host.raise("Go", .integer(1))
        #expect(host.output == "1")
        host.history.append(.executionCompleted(.completed, output: .null, failure: nil))
        #expect(host.ask("remaining") == number(0))
    }

    @Test("a terminated instance answers with the state before the end, although events came with the termination")
    func terminated() {
        let host = ScriptedHost(functions(Self.counting), "Flow", .integer(3), mode: .evicting)
        host.start()
        host.history += [
            .orchestratorStarted(host.now), .eventRaised(name: "Go", input: Payload(.integer(1))),
            .executionTerminated(reason: nil),
        ]
        #expect(host.ask("remaining") == number(3))
    }

    @Test("an unknown name is refused with the names that there are")
    func unknownName() {
        let host = ScriptedHost(functions(Self.counting), "Flow", .integer(3))
        host.start()
        #expect(host.ask("remainder") == .unknown(known: ["describe", "fails", "plus", "remaining"]))
    }

    @Test("a handler that throws, and an input that cannot be read, fail the query and not the instance")
    func failures() {
        let host = ScriptedHost(functions(Self.counting), "Flow", .integer(3))
        host.start()
        guard case .failed(let failure)? = host.ask("fails") else { return #expect(Bool(false), "It did not fail.") }
        #expect(failure.type == "Broken")
        guard case .failed? = host.ask("plus", .string("a")) else { return #expect(Bool(false), "It was read.") }
        host.raise("Go", .integer(1))
        #expect(host.ask("remaining") == number(2))
    }

    @Test("a handler that asks for something is refused, whatever it does with the refusal, and nothing is asked for")
    func readOnly() {
        let host = ScriptedHost(
            functions { context, _ in
                context.answer("starts") { () -> Int in
                    _ = context.start(Work.echo, "x")
                    return 1
                }
                context.answer("prints") { () -> Int in
                    context.print("x")
                    return 1
                }
                context.answer("uuid") { () -> String in "\(context.uuid())" }
                context.answer("random") { () -> Int in
                    var generator = context.random
                    return Int.random(in: 0..<6, using: &generator)
                }
                context.answer("sends") { () -> Int in
                    try? context.send(Work.go, 1, to: "other")
                    return 1
                }
                context.answer("tags") { () -> Int in
                    try context.setTag("a", "b")
                    return 1
                }
                context.answer("patches") { () -> Bool in context.patched("p") }
                context.answer("registers") { () -> Int in
                    context.answer("more") { 1 }
                    return 1
                }
                let timer = context.startTimer(for: .seconds(100))
                context.answer("cancels") { () -> Int in
                    timer.cancel()
                    return 1
                }
                _ = try await context.wait(for: Work.go)
                timer.cancel()
                return Int("\(context.uuid())".utf8.count)
            }, "Flow", .integer(1))
        host.start()
        let names = ["starts", "prints", "uuid", "random", "sends", "tags", "patches", "registers", "cancels"]
        for name in names {
            guard case .failed(let failure)? = host.ask(name) else {
                #expect(Bool(false), "'\(name)' was allowed.")
                continue
            }
            #expect(failure.message.contains("may only look"), "\(name): \(failure.message)")
        }
        #expect(host.ask("more") == .unknown(known: names.sorted()))
        let outcome = host.raise("Go", .integer(1))
        #expect(outcome.actions == [.cancelTimer(id: 0)])
        #expect(host.output == "36")
    }

    @Test("a replay that does not agree with the history refuses the query with the report")
    func nonDeterminism() {
        let host = ScriptedHost(functions(Self.counting), "Flow", .integer(3))
        host.start()
        let other = ScriptedHost(
            functions { context, _ in
                context.answer(Shop.remaining) { 7 }
                return try await context.call(Work.double, 1)
            }, "Flow", .integer(3), mode: .evicting)
        other.history =
            host.history + [.taskScheduled(id: 0, name: "Echo", input: .null), .orchestratorStarted(host.now)]
        guard case .impossible(let reason)? = other.ask("remaining") else {
            return #expect(Bool(false), "It was answered.")
        }
        #expect(reason.contains("not deterministic"))
    }

    @Test("a replay ends when its time is over")
    func bound() {
        let host = ScriptedHost(functions(Self.counting), "Flow", .integer(9))
        host.start()
        for _ in 0..<5 { host.raise("Go", .integer(1)) }
        var episodes = 0
        let answer = host.runner.answer(StateQuestion(name: "remaining", input: .null), replaying: host.history) {
            episodes += 1
            return episodes < 3
        }
        guard case .impossible(let reason) = answer else { return #expect(Bool(false), "It was answered.") }
        #expect(reason.contains("took too long"))
        #expect(episodes == 3)
    }

    @Test("an execution that has not begun, or is suspended before that, is refused")
    func notBegun() {
        let host = ScriptedHost(functions(Self.counting), "Flow", .integer(9), mode: .evicting)
        host.history = [.orchestratorStarted(host.now), .executionSuspended(reason: nil)]
        guard case .impossible? = host.ask("remaining") else { return #expect(Bool(false), "It was answered.") }
    }

    @Test("a suspended instance answers with the state as it is")
    func suspended() {
        let host = ScriptedHost(functions(Self.counting), "Flow", .integer(3))
        host.start()
        host.episode([.executionSuspended(reason: nil), .eventRaised(name: "Go", input: Payload(.integer(1)))])
        #expect(host.ask("remaining") == number(3))
    }

    @Test("more handlers than there may be fail the instance")
    func tooMany() {
        let host = ScriptedHost(
            functions { context, _ in
                for number in 0..<101 { context.answer("q\(number)") { number } }
                return 0
            }, "Flow", .integer(3))
        host.start()
        #expect(host.failure?.type == "TooManyHandlers")
    }
}
