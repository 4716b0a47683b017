import Foundation
import Testing

@testable import Warren

/// Histories that were recorded once and are never edited: what an instance has in its store must go on to work, so
/// every engine from here on has to follow them.
@Suite("Recorded histories", .timeLimit(.minutes(5)))
struct RecordedHistoryTests {
    static let functions: FunctionRegistry = {
        let functions = FunctionRegistry()
        for register in Recorded.all.values { register(functions) }
        return functions
    }()

    @Test("every recorded history is followed to its recorded end", arguments: Recorded.all.keys.sorted())
    func follows(name: String) throws {
        let history = try HistoryEvent.history(json: try Self.fixture(name))
        let fault = ReplayTester(functions: Self.functions).fault(in: history)
        #expect(fault == nil, "\(fault?.message ?? "")")
        // Cut short anywhere between two episodes it is followed as well.
        for (index, event) in history.enumerated() where index > 0 {
            guard case .orchestratorStarted = event else { continue }
            #expect(ReplayTester(functions: Self.functions).fault(in: Array(history[..<index])) == nil)
        }
    }

    @Test("every fixture has a test, and the stored bytes of today are read")
    func complete() throws {
        let folder = try #require(Bundle.module.resourceURL).appendingPathComponent("Fixtures")
        let files = try FileManager.default.contentsOfDirectory(atPath: folder.path)
        #expect(files.sorted() == Recorded.all.keys.sorted().map { $0 + ".json" } + ["episode-v1.hex"])
        let hex = try String(decoding: Data(contentsOf: folder.appendingPathComponent("episode-v1.hex")), as: UTF8.self)
        let digits = Array(hex.filter(\.isHexDigit))
        let bytes = stride(from: 0, to: digits.count, by: 2).compactMap {
            UInt8(String(digits[$0...$0 + 1]), radix: 16)
        }
        #expect(try HistoryCodec.decode(bytes) == HistoryCodecTests.events)
        #expect(HistoryCodec.encode(HistoryCodecTests.events) == bytes)
    }

    private static func fixture(_ name: String) throws -> Payload {
        let folder = try #require(Bundle.module.resourceURL).appendingPathComponent("Fixtures")
        return Payload(bytes: Array(try Data(contentsOf: folder.appendingPathComponent(name + ".json"))))
    }

    /// Writes a history that does not exist yet: `WARREN_RECORD=<folder> swift test --filter RecordedHistoryTests`.
    @Test("recording", .enabled(if: ProcessInfo.processInfo.environment["WARREN_RECORD"] != nil))
    func record() throws {
        let folder = URL(fileURLWithPath: ProcessInfo.processInfo.environment["WARREN_RECORD"] ?? "")
        func write(_ name: String, _ text: String) throws {
            let file = folder.appendingPathComponent(name)
            guard !FileManager.default.fileExists(atPath: file.path) else { return }
            try Data((text + "\n").utf8).write(to: file)
        }
        for name in Recorded.all.keys {
            let host = ScriptedHost(Self.functions, name, Recorded.inputs[name] ?? .null)
            host.activities = standardActivities
            host.children = standardActivities
            host.start()
            for event in Recorded.events[name] ?? [] { host.episode([event]) }
            host.run()
            var history = host.history
            switch host.completion {
            case .completed(let output): history.append(.executionCompleted(.completed, output: output, failure: nil))
            case .failed(let failure): history.append(.executionCompleted(.failed, output: .null, failure: failure))
            case .continuedAsNew(let input, _): history.append(.continuedAsNew(input: input))
            case nil: break
            }
            try write(name + ".json", "[\n" + history.map(\.jsonObject.json).joined(separator: ",\n") + "\n]")
        }
        let bytes = HistoryCodec.encode(HistoryCodecTests.events)
        try write("episode-v1.hex", bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined())
    }
}

/// The orchestrators whose histories are recorded. Like the histories, they are never changed.
enum Recorded {
    static let all: [String: @Sendable (FunctionRegistry) -> Void] = [
        "Chain": {
            $0.register(
                Orchestration<[String], [String]>("Chain") { context, cities in
                    var results: [String] = []
                    for city in cities { results.append(try await context.call(Work.echo, city)) }
                    return results
                })
        },
        "FanOut": {
            $0.register(
                Orchestration<Int, Int>("FanOut") { context, count in
                    let handles = (0..<count).map { context.start(Work.double, $0) }
                    let grouped = try await withThrowingTaskGroup(of: Int.self) { group in
                        for number in 0..<count { group.addTask { try await context.call(Work.double, number) } }
                        return try await group.reduce(0, +)
                    }
                    return try await context.all(handles).reduce(grouped, +)
                })
        },
        "Approval": {
            $0.register(
                Orchestration<Void, String>("Approval") { context in
                    let first = try await context.wait(for: Work.go, timeout: .hours(1))
                    let second = try await context.wait(for: Work.go, timeout: .hours(1))
                    let winner = try await withThrowingTaskGroup(of: String.self) { group in
                        group.addTask {
                            try await context.sleep(for: .hours(72))
                            return "timeout"
                        }
                        group.addTask { try await context.call(Work.echo, "escalated") }
                        defer { group.cancelAll() }
                        return try await group.next() ?? ""
                    }
                    return "\(first ?? -1) \(second ?? -1) \(winner)"
                })
        },
        "Retry": {
            $0.register(
                Orchestration<Void, Int>("Retry") { context in
                    let policy = RetryPolicy(
                        maxAttempts: 3, firstInterval: .seconds(2), backoffCoefficient: 2, jitter: 0.5)
                    do {
                        _ = try await context.call(Work.fail, "Busy", retry: policy)
                    } catch let failure as TaskFailure {
                        _ = try await context.call(Work.echoChild, "undo", retry: policy)
                        return failure.number
                    }
                    return -1
                })
        },
        "Monitor": {
            $0.register(
                Orchestration<Int, Void>("Monitor") { context, generation in
                    try context.setCustomStatus(generation)
                    for _ in 0..<3 {
                        _ = try await context.call(Work.echo, context.uuid().uuidString)
                        try await context.sleep(for: .minutes(5))
                    }
                    try context.send(Work.ping, to: "watcher")
                    try context.startDetached(Work.echoChild, "report", at: context.now)
                    try context.continueAsNew(generation + 1)
                })
        },
        "Failing": {
            $0.register(
                Orchestration<Void, String>("Failing") { context in
                    let timer = context.startTimer(for: .hours(2))
                    let work = context.start(Work.echo, "x")
                    _ = try await context.any(timer, work)
                    timer.cancel()
                    return try await context.call(Work.failChild, "Declined")
                })
        },
    ]

    static let inputs: [String: JSONValue] = ["Chain": ["Tokyo", "Seattle", "London"], "FanOut": 5, "Monitor": 7]

    static let events: [String: [HistoryEvent]] = [
        "Approval": [
            .eventRaised(name: "GO", input: "4"), .executionSuspended(reason: "hold"),
            .eventRaised(name: "Other", input: "{}"), .executionResumed(reason: nil),
        ]
    ]
}
