import Testing

@testable import Warren

/// A wait that is given up never takes an event with it.
@Suite("Waits that are given up", .timeLimit(.minutes(5)))
struct GivenUpWaitTests {
    @Test("a cancelled handle gives back the event that nobody has looked at")
    func cancelledHandle() {
        let host = everywhere(
            Orchestration<Void, [Int]>("Handle") { context in
                let first = context.startWaiting(for: Work.go)
                let second = context.startWaiting(for: Work.go)
                _ = try await context.call(Work.never, "both have an event now")
                first.cancel()
                first.cancel()
                let next = try await context.wait(for: Work.go)
                return [next, try await second.value]
            }
        ) { host in
            host.start()
            for number in Int64(1)...2 { _ = host.raise("Go", .integer(number)) }
            host.episode([.taskCompleted(id: 0, result: "\"\"")])
        }
        #expect(host.output == "[1,2]")
    }

    @Test("an event that comes back keeps its place in the order of arrival")
    func order() {
        let host = everywhere(
            Orchestration<Void, [Int]>("Order") { context in
                let handles = (0..<3).map { _ in context.startWaiting(for: Work.go) }
                _ = try await context.call(Work.never, "five events come")
                for handle in handles.reversed() { handle.cancel() }
                var seen: [Int] = []
                for _ in 0..<5 { seen.append(try await context.wait(for: Work.go)) }
                return seen
            }
        ) { host in
            host.start()
            for number in Int64(1)...5 { _ = host.raise("Go", .integer(number)) }
            host.episode([.taskCompleted(id: 0, result: "\"\"")])
        }
        #expect(host.output == "[1,2,3,4,5]")
    }

    @Test("all, any and value in a child task that is cancelled leave their events to the next wait")
    func cancelledCombinators() {
        let other = ExternalEvent<Int>("Other")
        for kind in ["all", "any", "value", "nested"] {
            let host = everywhere(
                Orchestration<Void, [Int]>("Race") { context in
                    try await withThrowingTaskGroup(of: Void.self) { group in
                        group.addTask {
                            let go = context.startWaiting(for: Work.go)
                            let second = context.startWaiting(for: other)
                            switch kind {
                            case "all": _ = try await context.all(go, second)
                            case "any": _ = try await context.any(second, context.startWaiting(for: other))
                            case "value": _ = try await second.value
                            default:
                                try await withThrowingTaskGroup(of: Void.self) { inner in
                                    inner.addTask { _ = try await context.all([go, second]) }
                                    try await inner.next()
                                }
                            }
                            if kind != "all" && kind != "nested" { go.cancel() }
                        }
                        group.addTask { _ = try await context.call(Work.never, "wins") }
                        try await group.next()
                        group.cancelAll()
                    }
                    var seen: [Int] = []
                    if kind == "all" || kind == "nested" { seen.append(try await context.wait(for: Work.go)) }
                    return seen + [try await context.wait(for: other)]
                }
            ) { host in
                host.start()
                _ = host.raise("Go", 1)
                host.episode([.taskCompleted(id: 0, result: "\"\"")])
                _ = host.raise("Other", 2)
            }
            #expect(host.output == (kind == "all" || kind == "nested" ? "[1,2]" : "[2]"), "\(kind)")
        }
    }

    @Test("a handle whose reader was cancelled can be read again")
    func readAgain() {
        let host = everywhere(
            Orchestration<Void, Int>("Again") { context in
                let handle = context.startWaiting(for: Work.go)
                try await withThrowingTaskGroup(of: Void.self) { group in
                    group.addTask { _ = try await context.all([handle, context.startWaiting(for: Work.go)]) }
                    group.addTask { _ = try await context.call(Work.never, "wins") }
                    try await group.next()
                    group.cancelAll()
                }
                return try await handle.value
            }
        ) { host in
            host.start()
            _ = host.raise("Go", 7)
            host.episode([.taskCompleted(id: 0, result: "\"\"")])
        }
        #expect(host.output == "7")
    }

    @Test("an event that settles a wait in the moment in which its reader is cancelled goes to the next wait")
    func sameMoment() {
        let shared = ExternalEvent<Int>("Shared")
        let host = everywhere(
            Orchestration<Void, [Int]>("Moment") { context in
                let held = context.startWaiting(for: Work.go)
                // The group's second child takes the place behind `held`, and is cancelled in the very drain in which giving
                // up `held` passes an event on to it.
                let seen = try await withThrowingTaskGroup(of: Int.self) { group in
                    group.addTask { try await context.wait(for: shared) }
                    group.addTask { try await context.wait(for: Work.go) }
                    let first = try await group.next() ?? 0
                    held.cancel()
                    group.cancelAll()
                    while let result = await group.nextResult() {
                        if case .success(let value) = result { return [first, value] }
                    }
                    return [first]
                }
                return seen + [try await context.wait(for: Work.go)]
            }
        ) { host in
            host.start()
            _ = host.raise("Go", 1)
            _ = host.raise("Shared", 0)
        }
        #expect(host.output == "[0,1]")
    }

    @Test("names of events are told apart by their bytes")
    func exactNames() {
        var events = PendingEvents()
        let codec = JSONPayloadCodec()
        for (name, input) in [("caf\u{E9}", "1"), ("cafe\u{301}", "2")] {
            let reception = events.receive(RaisedEvent(name: name, input: Payload(json: input)), codec)
            guard case .kept = reception else {
                Issue.record("\(reception)")
                return
            }
        }
        func take(_ name: String) -> Payload? {
            let slot = TaskSlot(kind: .event, id: -1, name: name)
            return events.request(slot, codec, at: Timestamp(microseconds: 0)) { Issue.record("\($0)") }
        }
        #expect(take("CAFE\u{301}") == "2")
        #expect(take("CAFE\u{301}") == nil)
        #expect(take("CAF\u{C9}") == "1")
    }

    /// Each program races waits in every way, gives most of them up, and counts what it has read; what is left goes on with
    /// `continueAsNew`. Read and left together are what was raised, each once.
    @Test("400 random programs lose no event and invent none, live and replayed")
    func nothingLost() {
        let functions = FunctionRegistry()
        functions.register(
            Orchestration<Int, Void>("Races") { context, seed in
                var racer = Racer(context: context, generator: SplitMix64(state: UInt64(seed) &* 7919))
                let seen = try await racer.run()
                for number in seen { context.print("\(number)") }
                // A step in which late events arrive.
                _ = try await context.call(Work.echo, "end")
                try context.continueAsNew(seed)
            })
        var read = 0
        for seed in 0..<400 {
            let runs = ScriptedHost.Mode.allCases.map { run(functions, seed, $0) }
            #expect(runs[0].trace == runs[1].trace, "seed \(seed)")
            #expect(runs[0].history == runs[1].history, "seed \(seed)")
            #expect(ReplayTester(functions: functions).fault(in: runs[0].history) == nil, "seed \(seed)")
            guard case .continuedAsNew(_, let left) = runs[0].completion else {
                Issue.record("seed \(seed) does not end: \(runs[0].completion.map { "\($0)" } ?? "-")")
                continue
            }
            let raised = runs[0].history.compactMap { event -> Int? in
                if case .eventRaised(_, let input, _) = event { Int(input.json) } else { nil }
            }
            let lines = runs[0].trace.compactMap { line -> Int? in
                guard line.hasPrefix("printLine"), let text = line.split(separator: "\"").dropFirst().first else {
                    return nil
                }
                return Int(text)
            }
            let rest = left.compactMap { Int($0.input.json) }
            #expect((lines + rest).sorted() == raised.sorted(), "seed \(seed)")
            let places = rest.compactMap { raised.firstIndex(of: $0) }
            #expect(places == places.sorted(), "seed \(seed): those that are left are in order of arrival")
            read += lines.count
        }
        #expect(read > 1000)
    }

    private func run(_ functions: FunctionRegistry, _ seed: Int, _ mode: ScriptedHost.Mode) -> ScriptedHost {
        let host = ScriptedHost(functions, "Races", .integer(Int64(seed)), mode: mode)
        host.activities = standardActivities
        var order = SplitMix64(state: UInt64(seed) &* 31)
        host.start()
        var number = 0
        while host.completion == nil, number < 400 {
            var events: [HistoryEvent] = []
            for _ in 0..<Int.random(in: 1...3, using: &order) {
                let name = ["Go", "gO", "Other"][Int.random(in: 0..<3, using: &order)]
                events.append(.eventRaised(name: name, input: Payload(json: "\(number)")))
                number += 1
            }
            if Bool.random(using: &order) {
                host.episode(events)
            } else {
                host.pending += events.map { .event($0) }
            }
            if !host.pending.isEmpty, host.completion == nil {
                let count = host.pending.count
                host.deliver(batch: Int.random(in: 1...3, using: &order)) {
                    Int.random(in: 0..<max(1, min($0, count)), using: &order)
                }
            }
        }
        return host
    }

    private struct Racer {
        let context: OrchestrationContext
        var generator: SplitMix64
        static let other = ExternalEvent<Int>("Other")

        mutating func run() async throws -> [Int] {
            var seen: [Int] = []
            for _ in 0..<Int.random(in: 2...5, using: &generator) { seen += try await step() }
            return seen
        }

        private mutating func step() async throws -> [Int] {
            let context = context
            let event = Bool.random(using: &generator) ? Work.go : Self.other
            let second = Bool.random(using: &generator) ? Work.go : Self.other
            switch Int.random(in: 0..<8, using: &generator) {
            case 0: return [try await context.wait(for: event)]
            case 1: return [try await context.wait(for: event, timeout: .seconds(2))].compactMap { $0 }
            case 2:
                // Several waits of one group; the first to end wins, the others are cancelled.
                return try await withThrowingTaskGroup(of: Int?.self) { group in
                    group.addTask { try await context.wait(for: event) }
                    group.addTask { try await context.wait(for: second) }
                    group.addTask { try await context.wait(for: event, timeout: .seconds(3)) }
                    group.addTask {
                        _ = try await context.call(Work.echo, "x")
                        return nil
                    }
                    var seen = [try await group.next() ?? nil]
                    group.cancelAll()
                    while let result = await group.nextResult() { seen.append((try? result.get()) ?? nil) }
                    return seen.compactMap { $0 }
                }
            case 3:
                // A race of composites in child tasks.
                return try await withThrowingTaskGroup(of: [Int].self) { group in
                    group.addTask {
                        try await context.all([context.startWaiting(for: event), context.startWaiting(for: second)])
                    }
                    group.addTask {
                        let handles = [context.startWaiting(for: second), context.startWaiting(for: event)]
                        let winner = try await context.any(handles)
                        for handle in handles where handle != winner { handle.cancel() }
                        return [try await winner.value]
                    }
                    group.addTask {
                        _ = try await context.call(Work.echo, "x")
                        return []
                    }
                    var seen = try await group.next() ?? []
                    group.cancelAll()
                    while let result = await group.nextResult() { seen += (try? result.get()) ?? [] }
                    return seen
                }
            case 4:
                let handles = (0..<3).map { _ in context.startWaiting(for: event) }
                _ = try await context.call(Work.echo, "x")
                handles[0].cancel()
                handles[2].cancel()
                return [try await handles[1].value]
            case 5:
                let handle = context.startWaiting(for: event)
                let timer = context.startTimer(for: .seconds(2))
                let winner = try await context.any(handle, timer)
                timer.cancel()
                guard winner == handle else {
                    handle.cancel()
                    return []
                }
                return [try await handle.value]
            case 6:
                async let value = context.wait(for: event, timeout: .seconds(4))
                async let _ = context.sleep(for: .hours(1))
                return [try await value].compactMap { $0 }
            default:
                let handle = context.startWaiting(for: event)
                let read = try await withThrowingTaskGroup(of: Int?.self) { group in
                    group.addTask { try await handle.value }
                    group.addTask {
                        _ = try await context.call(Work.echo, "x")
                        return nil
                    }
                    let first = try await group.next() ?? nil
                    group.cancelAll()
                    let rest = await group.nextResult()
                    return first ?? (try? rest?.get()) ?? nil
                }
                if let read { return [read] }
                handle.cancel()
                return []
            }
        }
    }
}
