import Testing

@testable import Warren

/// Updates of orchestrators: validated, recorded, answered.
@Suite("Updates", .timeLimit(.minutes(5)))
struct UpdateTests {
    private struct Full: Error {}

    private enum Cart {
        static let flow = Orchestration<Int, [String]>("Flow")
        static let items = Query<Void, [String]>("items")
        static let addItem = Update<String, Int>("addItem")
        static let clear = Update<Void, Void>("clear")
    }

    private func functions(_ body: @escaping Orchestration<Int, [String]>.Body) -> FunctionRegistry {
        let functions = FunctionRegistry()
        functions.register(Cart.flow, body: body)
        return functions
    }

    /// Takes items until there are as many as its input says; at most three.
    private static let cart: Orchestration<Int, [String]>.Body = { context, wanted in
        var items: [String] = []
        context.answer(Cart.items) { items }
        context.accept(
            Cart.addItem,
            validate: { item in
                if item.isEmpty { throw Full() }
            },
            handler: { item in
                if item == "poison" { throw Full() }
                items.append(item)
                return items.count
            })
        try await context.wait { items.count >= wanted }
        return items
    }

    private func completed(_ number: Int64) -> UpdateOutcome.Result { .completed(Payload(.integer(number))) }

    @Test(
        "an update changes the state, is recorded with its result, wakes the code that waits for it, and replays alike",
        arguments: ScriptedHost.Mode.allCases)
    func taken(mode: ScriptedHost.Mode) throws {
        let host = ScriptedHost(functions(Self.cart), "Flow", .integer(2), mode: mode)
        host.start()
        #expect(host.update("addItem", .string("tea"), id: "a") == completed(1))
        #expect(host.ask("items") == .answered(Payload(json: #"["tea"]"#)))
        #expect(host.update("addItem", .string("milk"), id: "b") == completed(2))
        #expect(host.output == #"["tea","milk"]"#)
        #expect(
            host.history.contains(.updateAccepted(id: "a", name: "addItem", input: Payload(.string("tea")))))
        #expect(host.history.contains(.updateCompleted(id: "b", result: Payload(.integer(2)), failure: nil)))
        #expect(try HistoryCodec.decode(HistoryCodec.encode(host.history)) == host.history)
        let json = Payload(json: "[" + host.history.map(\.jsonObject.json).joined(separator: ",") + "]")
        #expect(try HistoryEvent.history(json: json) == host.history)
    }

    @Test("a refused update leaves nothing in the history, and the validator may only look")
    func refused() {
        let host = ScriptedHost(functions(Self.cart), "Flow", .integer(2))
        host.start()
        let history = host.history
        guard case .refused(let failure)? = host.update("addItem", .string("")) else {
            return #expect(Bool(false), "It was taken.")
        }
        #expect(failure.type == "Full")
        guard case .refused? = host.update("addItem", .integer(1)) else {
            return #expect(Bool(false), "An input of another type was taken.")
        }
        #expect(host.history == history)
        let asking = ScriptedHost(
            functions { context, _ in
                context.accept(Cart.addItem, validate: { _ in context.print("x") }, handler: { _ in 1 })
                try await context.wait { false }
                return []
            }, "Flow", .integer(1))
        asking.start()
        guard case .refused(let reason)? = asking.update("addItem", .string("a")) else {
            return #expect(Bool(false), "It was taken.")
        }
        #expect(reason.message.contains("may only look"))
    }

    @Test("a handler that throws has taken the update: its failure is recorded and the instance goes on")
    func failed() {
        let host = ScriptedHost(functions(Self.cart), "Flow", .integer(1), mode: .evicting)
        host.start()
        guard case .failed(let failure)? = host.update("addItem", .string("poison"), id: "p") else {
            return #expect(Bool(false), "It did not fail.")
        }
        #expect(host.history.contains(.updateCompleted(id: "p", result: .null, failure: failure)))
        #expect(host.update("addItem", .string("tea"), id: "t") == completed(1))
        #expect(host.output == #"["tea"]"#)
    }

    @Test("updates and events of one episode are taken in their order, and those behind the end are left")
    func order() {
        let host = ScriptedHost(
            functions { context, _ in
                var log: [String] = []
                context.accept(Cart.addItem) { item in
                    log.append(item)
                    return log.count
                }
                log.append("go \(try await context.wait(for: Work.go))")
                return log
            }, "Flow", .integer(1))
        host.start()
        let outcome = host.episode([
            .updateAccepted(id: "1", name: "addItem", input: Payload(.string("first"))),
            .eventRaised(name: "Go", input: Payload(.integer(7))),
            .updateAccepted(id: "2", name: "addItem", input: Payload(.string("late"))),
        ])
        #expect(outcome.updates == [UpdateOutcome(id: "1", result: completed(1))])
        #expect(host.output == #"["first","go 7"]"#)
        #expect(!host.history.contains { if case .updateAccepted("2", _, _) = $0 { true } else { false } })
    }

    @Test("an update for which there is no handler is left, and the outcome says when there is one")
    func early() {
        let host = ScriptedHost(
            functions { context, _ in
                _ = try await context.wait(for: Work.go)
                var items: [String] = []
                context.accept(Cart.addItem) { item in
                    items.append(item)
                    return items.count
                }
                try await context.wait { items.count == 1 }
                return items
            }, "Flow", .integer(1), mode: .evicting)
        host.start()
        #expect(host.update("addItem", .string("a")) == .noHandler(known: []))
        #expect(host.raise("Go", .integer(1)).newUpdateNames == ["addItem"])
        #expect(host.update("other") == .noHandler(known: ["addItem"]))
        #expect(host.update("addItem", .string("a")) == completed(1))
        #expect(host.output == #"["a"]"#)
    }

    @Test("a handler may call, and cannot begin the next generation; a body that has ended takes no updates")
    func handlers() {
        let host = ScriptedHost(
            functions { context, wanted in
                context.accept("call") { (word: String) -> Int in
                    _ = context.start(Work.echo, word)
                    return 1
                }
                context.accept("again") { (number: Int) -> Int in try context.continueAsNew(number) }
                _ = try await context.wait(for: Work.go)
                return []
            }, "Flow", .integer(1), mode: .evicting)
        host.start()
        #expect(host.update("call", .string("a"), id: "c") == completed(1))
        #expect(host.history.contains(.taskScheduled(id: 0, name: "Echo", input: Payload(.string("a")))))
        guard case .failed? = host.update("again", .integer(1), id: "g") else {
            return #expect(Bool(false), "It began the next generation.")
        }
        #expect(host.raise("Go", .integer(1)).bodyEnd == .completed)
        #expect(host.update("call", .string("b"), id: "d") == .ended)
    }

    @Test("an update behind a suspension of its episode is left, whether the execution has begun or not")
    func suspended() {
        let host = ScriptedHost(functions(Self.cart), "Flow", .integer(1), mode: .evicting)
        host.start()
        let update = HistoryEvent.updateAccepted(id: "s", name: "addItem", input: Payload(.string("tea")))
        let outcome = host.episode([.executionSuspended(reason: nil), update])
        #expect(outcome.updates == [UpdateOutcome(id: "s", result: .suspended)])
        host.episode([.executionResumed(reason: nil)])
        #expect(host.ask("items") == .answered(Payload(json: "[]")))
        let early = ScriptedHost(functions(Self.cart), "Flow", .integer(1), mode: .evicting)
        #expect(
            early.episode([.executionSuspended(reason: nil), .executionStarted(early.started), update]).updates == [])
        early.episode([.executionResumed(reason: nil)])
        #expect(early.ask("items") == .answered(Payload(json: "[]")))
        #expect(!early.history.contains { $0.isUpdate })
    }

    @Test("code that lost the handler of a recorded update does not agree with the history")
    func lostHandler() {
        let host = ScriptedHost(functions(Self.cart), "Flow", .integer(2))
        host.start()
        host.update("addItem", .string("tea"))
        let tester = ReplayTester(
            functions: functions { context, _ in
                try await context.wait { false }
                return []
            })
        #expect(tester.fault(in: host.history)?.message.contains("the update 'addItem'") == true)
        #expect(ReplayTester(functions: functions(Self.cart)).fault(in: host.history) == nil)
    }

    @Test("refused updates do not count for the length of the history, live or on replay")
    func length() {
        let body: Orchestration<Int, [String]>.Body = { context, _ in
            var lengths: [String] = []
            context.accept(Cart.addItem, validate: { if $0.isEmpty { throw Full() } }, handler: { _ in 1 })
            while lengths.count < 3 {
                _ = try await context.wait(for: Work.go)
                lengths.append("\(context.shouldContinueAsNew)")
                _ = try await context.call(Work.echo, "\(context.historyLength)")
            }
            return lengths
        }
        let host = ScriptedHost(functions(body), "Flow", .integer(1))
        host.activities = standardActivities
        host.start()
        for number in 0..<3 {
            host.update("addItem", .string(""), id: "r\(number)")
            host.update("addItem", .string("x"), id: "t\(number)")
            host.raise("Go", .integer(1))
            host.run()
        }
        #expect(host.output != nil)
        #expect(ReplayTester(functions: functions(body)).fault(in: host.history) == nil)
    }
}
