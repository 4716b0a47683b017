import Testing

@testable import Warren

/// Code that changes in place while instances are under way.
@Suite("Patches", .timeLimit(.minutes(5)))
struct PatchTests {
    private typealias Body = Orchestration<Void, String>.Body
    private static let flow = Orchestration<Void, String>("Flow")

    private static let old: Body = { context, _ in
        _ = try await context.call(Work.echo, "old")
        _ = try await context.wait(for: Work.go)
        return try await context.call(Work.echo, "end")
    }
    private static let patched: Body = { context, _ in
        if context.patched("fix-1") {
            _ = try await context.call(Work.double, 2)
        } else {
            _ = try await context.call(Work.echo, "old")
        }
        _ = try await context.wait(for: Work.go)
        return try await context.call(Work.echo, context.patched("fix-1") ? "new end" : "end")
    }
    private static let deprecated: Body = { context, _ in
        context.deprecatePatch("fix-1")
        _ = try await context.call(Work.double, 2)
        _ = try await context.wait(for: Work.go)
        return try await context.call(Work.echo, "new end")
    }
    private static let clean: Body = { context, _ in
        _ = try await context.call(Work.double, 2)
        _ = try await context.wait(for: Work.go)
        return try await context.call(Work.echo, "new end")
    }

    private func functions(_ body: @escaping Body) -> FunctionRegistry {
        let functions = FunctionRegistry()
        functions.register(Self.flow, body: body)
        return functions
    }

    /// Runs one version of the code up to its wait, and the next one from there.
    private func run(_ first: @escaping Body, then second: @escaping Body) -> (
        before: ScriptedHost, after: ScriptedHost
    ) {
        let before = ScriptedHost(functions(first), "Flow")
        before.activities = standardActivities
        before.run()
        let after = ScriptedHost(functions(second), "Flow", mode: .evicting)
        after.activities = standardActivities
        after.history = before.history
        after.now = before.now
        after.raise("Go", .integer(1))
        after.run()
        return (before, after)
    }

    @Test("a new execution takes the new branch, and its history has the patch once, without a number")
    func newExecution() {
        let (before, after) = run(Self.patched, then: Self.patched)
        #expect(before.history.filter { $0 == .patchMarked(name: "fix-1", isDeprecated: false) }.count == 1)
        #expect(after.history.count { if case .patchMarked = $0 { true } else { false } } == 1)
        #expect(after.output == "\"new end\"")
        #expect(before.actions.map(\.actionID) == [0])
        #expect(ReplayTester(functions: functions(Self.patched)).fault(in: after.history) == nil)
    }

    @Test("an execution that passed the place without the patch keeps to the old branch, also at later places")
    func oldExecution() {
        let (_, after) = run(Self.old, then: Self.patched)
        #expect(after.output == "\"end\"")
        #expect(!after.history.contains { if case .patchMarked = $0 { true } else { false } })
        #expect(ReplayTester(functions: functions(Self.patched)).fault(in: after.history) == nil)
    }

    @Test("an execution that comes to the place only now takes the new branch")
    func notYetThere() {
        let late: Body = { context, _ in
            _ = try await context.call(Work.echo, "old")
            _ = try await context.wait(for: Work.go)
            return try await context.call(Work.echo, context.patched("late") ? "new" : "end")
        }
        let (_, after) = run(Self.old, then: late)
        #expect(after.output == "\"new\"")
        #expect(ReplayTester(functions: functions(late)).fault(in: after.history) == nil)
    }

    @Test("in a loop the first answer holds for the whole execution")
    func loop() {
        let before: Body = { context, _ in
            for _ in 0..<3 { _ = try await context.wait(for: Work.go) }
            return "old"
        }
        let after: Body = { context, _ in
            var answers: [Bool] = []
            for _ in 0..<3 {
                answers.append(context.patched("in-loop"))
                _ = try await context.wait(for: Work.go)
            }
            return "\(answers)"
        }
        let host = ScriptedHost(functions(before), "Flow")
        host.start()
        host.raise("Go", .integer(1))
        let next = ScriptedHost(functions(after), "Flow", mode: .evicting)
        (next.history, next.now) = (host.history, host.now)
        next.raise("Go", .integer(2))
        next.raise("Go", .integer(3))
        #expect(next.output == "\"[false, false, false]\"")
        #expect(ReplayTester(functions: functions(after)).fault(in: next.history) == nil)
    }

    @Test("deprecating goes on with histories that have the patch, and back to code that asks for it")
    func deprecating() {
        for (first, second) in [
            (Self.patched, Self.deprecated), (Self.deprecated, Self.patched), (Self.deprecated, Self.clean),
            (Self.deprecated, Self.deprecated),
        ] {
            let (_, after) = run(first, then: second)
            #expect(after.output == "\"new end\"")
        }
        let (before, _) = run(Self.deprecated, then: Self.clean)
        #expect(before.history.contains(.patchMarked(name: "fix-1", isDeprecated: true)))
    }

    @Test("a patch that is deleted too early, or deprecated while old executions are open, is told")
    func tooEarly() {
        let (_, deleted) = run(Self.patched, then: Self.clean)
        #expect(deleted.failure?.type == "NonDeterminism")
        #expect(deleted.failure?.message.contains("context.deprecatePatch(\"fix-1\")") == true)
        let (_, old) = run(Self.old, then: Self.deprecated)
        #expect(old.failure?.type == "NonDeterminism")
        #expect(old.failure?.message.contains("the history has activity 'Echo'") == true)
    }

    @Test("a name that cannot be a patch's fails the execution, and made-up names end at the limit of actions")
    func names() {
        let bad = ScriptedHost(functions { context, _ in context.patched("") ? "" : "no" }, "Flow")
        bad.run()
        #expect(bad.failure?.type == "InvalidPatch")
        let many = ScriptedHost(
            functions { context, _ in
                for number in 0...OrchestratorCore.maximumActions { _ = context.patched("p\(number)") }
                return ""
            }, "Flow")
        many.run()
        #expect(many.failure?.type == "TooManyActions")
    }
}
