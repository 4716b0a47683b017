import Testing

@testable import Warren

@Suite("Calls", .timeLimit(.minutes(5)))
struct CallTests {
    @Test("activities in sequence are numbered from 0 and give their results")
    func sequence() {
        let host = everywhere(
            Orchestration<[String], [String]>("Chain") { context, names in
                var results: [String] = []
                for name in names { results.append(try await context.call(Work.echo, name)) }
                return results
            }, ["a", "b", "c"])
        #expect(host.output == #"["a","b","c"]"#)
        #expect(
            host.actions == [
                .taskScheduled(id: 0, name: "Echo", input: "\"a\""),
                .taskScheduled(id: 1, name: "Echo", input: "\"b\""),
                .taskScheduled(id: 2, name: "Echo", input: "\"c\""),
            ])
    }

    @Test("an orchestrator may return at once, and Void is null on both sides")
    func immediate() {
        let host = everywhere(Orchestration<Void, Void>("Nothing") { _ in }, .null)
        #expect(host.output == "null")
        #expect(host.actions.isEmpty)
    }

    @Test("handles, async let and task groups fan out in program order", arguments: 0..<3)
    func fanOut(style: Int) {
        let host = everywhere(
            Orchestration<Int, Int>("FanOut") { context, style in
                switch style {
                case 0:
                    let tasks = (1...20).map { context.start(Work.double, $0) }
                    return try await context.all(tasks).reduce(0, +)
                case 1:
                    async let a = context.call(Work.double, 1)
                    async let b = context.call(Work.double, 2)
                    async let c = context.call(Work.double, 3)
                    return try await a + b + c + 408
                default:
                    return try await withThrowingTaskGroup(of: Int.self) { group in
                        for number in 1...20 { group.addTask { try await context.call(Work.double, number) } }
                        return try await group.reduce(0, +)
                    }
                }
            }, .integer(Int64(style))
        ) { $0.run(batch: { $0 / 2 }, pick: { $0 - 1 }) }
        #expect(host.output == "420")
    }

    @Test("a failed activity is a TaskFailure that can be caught")
    func caught() {
        let host = everywhere(
            Orchestration<Void, String>("Catch") { context in
                do {
                    return try await context.call(Work.fail, "CardDeclined")
                } catch let failure as TaskFailure where failure.details.isCaused(by: "CardDeclined") {
                    return "\(failure.kind) \(failure.name) \(failure.number) \(failure.details.message)"
                }
            })
        #expect(host.output == #""activity Fail 0 as asked""#)
    }

    @Test("a failure that is not caught fails the instance and keeps the first cause")
    func uncaught() {
        let host = everywhere(
            Orchestration<Void, String>("Uncaught") { context in try await context.call(Work.failChild, "Deep") })
        #expect(host.failure?.type == "TaskFailure")
        #expect(host.failure?.rootCause == FailureDetails(type: "Deep", message: "as asked"))
        #expect(host.failure?.message == "Sub-orchestration 'Fail' (#0) failed: Deep: as asked")
    }

    @Test("start never throws: a call that cannot be made fails at its value and leaves no action")
    func unencodable() {
        let number = Activity<Double, Double>("Number")
        let host = everywhere(
            Orchestration<Void, String>("Infinite") { context in
                let task = context.start(number, .infinity)
                do { return "\(try await task.value)" } catch let error as WarrenError { return "\(error.code)" }
            })
        #expect(host.output == "\"payloadNotEncodable\"")
        #expect(host.actions.isEmpty)
    }

    @Test(
        "sub-orchestrations get IDs of their own; chosen ones must differ from the family's",
        arguments: [
            (nil, "\"ok execution-1:0\""), ("child", "\"ok child\""), ("INSTANCE-1", "\"invalidInstanceID\""),
            ("Parent-1", "\"invalidInstanceID\""), ("@e", "\"invalidInstanceID\""), ("a/b", "\"invalidInstanceID\""),
            // What no client could address, and no host would take.
            ("a*b", "\"invalidInstanceID\""), ("$x", "\"invalidInstanceID\""),
            (String(repeating: "ü", count: 64), "\"ok \(String(repeating: "ü", count: 64))\""),
            (String(repeating: "ü", count: 65), "\"invalidInstanceID\""),
        ])
    func childIDs(id: String?, output: String) {
        let functions = FunctionRegistry()
        functions.register(
            Orchestration<String?, String>("Parent") { context, id in
                do {
                    _ = try await context.call(Work.echoChild, "x", id: id)
                    return "ok"
                } catch let error as WarrenError { return "\(error.code)" }
            })
        let host = ScriptedHost(
            functions, "Parent", id.map { .string($0) } ?? .null,
            parent: ParentInstance(name: "P", instanceID: "parent-1", executionID: "p", taskID: 0))
        host.children = standardActivities
        host.run()
        if case .subOrchestrationCreated(_, _, let child, _, _)? = host.actions.first {
            #expect(output == "\"ok \(child)\"")
            #expect(host.output == "\"ok\"")
        } else {
            #expect(host.output == output)
        }
    }

    @Test("calls by name take and give any JSON")
    func byName() {
        let host = everywhere(
            Orchestration<Void, JSONValue>("ByName") { context in
                let first = try await context.callActivity(named: "Echo", ["a": 1])
                let second = try await context.callOrchestration(named: "Echo", [first, true])
                do { _ = try await context.callActivity(named: "no good") } catch let error as WarrenError {
                    return [second, .string("\(error.code)")]
                }
                return .null
            })
        #expect(host.output == #"[[{"a":1},true],"invalidName"]"#)
    }

    @Test("all waits for every task, then throws the first failure in the order of the arguments")
    func allWaits() {
        let host = everywhere(
            Orchestration<Void, String>("All") { context in
                let slow = context.start(Work.fail, "Second")
                let tasks = [context.start(Work.echo, "x"), slow, context.start(Work.fail, "Third")]
                do { _ = try await context.all(tasks) } catch let failure as TaskFailure {
                    return "\(failure.details.type) \(try await tasks[0].value)"
                }
                return "none"
            }
        ) { $0.run(pick: { $0 - 1 }) }
        #expect(host.output == "\"Second x\"")
    }

    @Test("all and any take tasks of several types; any gives back the handle")
    func packs() {
        let host = everywhere(
            Orchestration<Void, String>("Packs") { context in
                let (text, number, _) = try await context.all(
                    context.start(Work.echo, "x"), context.start(Work.double, 4), context.startTimer(for: .seconds(1)))
                let never = context.startWaiting(for: Work.go)
                let quick = context.start(Work.echo, "quick")
                let winner = try await context.any(never, quick)
                let same = try await context.any([quick, context.start(Work.echo, "later")])
                return "\(text) \(number) \(winner == quick) \(winner != never) \(same == quick)"
            })
        #expect(host.output == "\"x 8 true true true\"")
    }

    @Test("empty lists: all is done at once, any is an error")
    func emptyLists() {
        let host = everywhere(
            Orchestration<Void, String>("Empty") { context in
                let none: [DurableTask<String>] = []
                let all = try await context.all(none)
                do { _ = try await context.any(none) } catch let error as WarrenError { return "\(all) \(error.code)" }
                return "?"
            })
        #expect(host.output == "\"[] noTasks\"")
    }

    @Test("answers to unknown, answered and cancelled tasks are ignored")
    func strayAnswers() {
        let host = everywhere(
            Orchestration<Void, String>("Stray") { context in
                let timer = context.startTimer(for: .hours(1))
                let result = try await context.call(Work.never, "x")
                timer.cancel()
                return try await context.call(Work.echo, result)
            }
        ) { host in
            host.start()
            host.episode([
                .taskCompleted(id: 9, result: "1"), .timerFired(id: 1), .taskCompleted(id: 0, result: "2"),
                .taskCompleted(id: 1, result: "\"real\""), .taskCompleted(id: 1, result: "\"again\""),
                .timerFired(id: 0),
            ])
            host.run()
        }
        #expect(host.output == "\"real\"")
    }

    @Test("an unknown orchestration fails with the names that are known")
    func unregistered() {
        let functions = FunctionRegistry()
        functions.register(Orchestration<Void, Void>("Known") { _ in })
        let host = ScriptedHost(functions, "Unknown")
        host.start()
        #expect(host.failure?.type == "OrchestrationNotRegistered")
        #expect(host.failure?.message.contains("'Known'") == true)
    }
}
