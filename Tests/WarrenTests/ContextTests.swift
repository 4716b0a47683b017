import Logging
import Synchronization
import Testing
import WarrenSupport

@testable import Warren

@Suite("The context", .timeLimit(.minutes(5)))
struct ContextTests {
    @Test(
        "log lines and console lines appear once, however often the code is replayed",
        arguments: ScriptedHost.Mode.allCases)
    func lines(mode: ScriptedHost.Mode) {
        let log = RecordingLog()
        let functions = FunctionRegistry()
        functions.register(
            Orchestration<Void, Void>("Lines") { context in
                context.logger.info("begin", metadata: ["n": "1"])
                context.print("hello")
                _ = try await context.call(Work.echo, "x")
                context.logger.info("end")
                context.print("bye", level: .warning)
            })
        let host = ScriptedHost(functions, "Lines", mode: mode, logger: Logger(label: "test") { _ in log })
        host.activities = standardActivities
        host.run()
        #expect(
            log.lines.withLock { $0 } == [
                "begin instance-1 Lines", "end instance-1 Lines",
            ])
        let lines = host.trace.filter { $0.hasPrefix("printLine") }
        #expect(lines.count == 2)
        #expect(lines.first?.contains("number: 0") == true && lines.last?.contains("number: 1") == true)
    }

    @Test("the custom status is reported by the episode that sets it, cleared by nil, and limited to 16 KiB")
    func customStatus() {
        let host = everywhere(
            Orchestration<Void, String>("Status") { context in
                try context.setCustomStatus(["step": 1])
                _ = try await context.call(Work.echo, "x")
                _ = try await context.call(Work.echo, "y")
                try context.setCustomStatus("last")
                try context.setCustomStatus(nil as String?)
                do { try context.setCustomStatus(String(repeating: "x", count: 16 * 1024)) } catch let error
                    as WarrenError
                {
                    return "\(error.code)"
                }
                return ""
            })
        #expect(host.trace.filter { $0.hasPrefix("status") } == [#"status {"step":1}"#, "status null"])
        #expect(host.output == "\"customStatusTooLarge\"")
    }

    @Test("the context tells who runs, and whether it replays")
    func facts() {
        let functions = FunctionRegistry()
        let replaying = Mutex<[Bool]>([])
        functions.register(
            Orchestration<Void, [String]>("Facts") { context in
                replaying.withLock { $0.append(context.isReplaying) }
                _ = try await context.call(Work.echo, "x")
                replaying.withLock { $0.append(context.isReplaying) }
                return [context.instanceID, context.executionID, context.name, context.parent?.instanceID ?? "none"]
            })
        let host = ScriptedHost(
            functions, "Facts", mode: .evicting,
            parent: ParentInstance(name: "P", instanceID: "p-1", executionID: "pe", taskID: 4))
        host.activities = standardActivities
        host.run()
        #expect(host.output == #"["instance-1","execution-1","Facts","p-1"]"#)
        #expect(replaying.withLock { $0 } == [false, true, false])
    }

    @Test(
        "names are letters, digits, '_', '.' and '-', up to 100",
        arguments: [
            ("SayHello", true), ("_x-1.y", true), (String(repeating: "a", count: 100), true), ("", false),
            ("1a", false),
            ("a b", false), ("a/b", false), ("ä", false), (String(repeating: "a", count: 101), false),
        ])
    func names(name: String, isGood: Bool) {
        #expect((NameRules.problem(name: name) == nil) == isGood)
    }

    @Test("errors become failure details with type, message and retriability")
    func failureDetails() {
        struct Busy: Error {}
        struct Declined: NonRetriableError {}
        struct Worded: FailureDetailsConvertible {
            var failureDetails: FailureDetails { FailureDetails(type: "T", message: "m", isNonRetriable: true) }
        }
        #expect(FailureDetails(Busy()) == FailureDetails(type: "Busy", message: "Busy()"))
        #expect(FailureDetails(Declined()).isNonRetriable)
        #expect(FailureDetails(Worded()).type == "T")
        let wrapped = FailureDetails(
            TaskFailure(kind: .activity, name: "A", number: 1, details: FailureDetails(Declined())))
        #expect(wrapped.isCaused(by: "Declined") && wrapped.isNonRetriable)
    }

    @Test("activities run through the registry, with and without context and input")
    func activities() async throws {
        let functions = FunctionRegistry()
        functions.register(Work.double) { $0 * 2 }
        functions.register(Work.echo) { text, context in "\(text) \(context.taskID)" }
        functions.register(Activity<Void, Int>("One") { 1 })
        functions.register(Activity<Int, Void>("Sink") { _ in })
        let context = ActivityContext(
            instanceID: "i", executionID: "e", orchestration: "O", activity: "A", taskID: 7, attempt: 1,
            idempotencyKey: "i:e:7",
            logger: Logger(label: "test"), printLine: { _, _ in })
        #expect(try await functions.activity("Double")?("21", context) == "42")
        #expect(try await functions.activity("Echo")?("\"x\"", context) == "\"x 7\"")
        #expect(try await functions.activity("One")?(.null, context) == "1")
        #expect(try await functions.activity("Sink")?("1", context) == .null)
        let error = await #expect(throws: (any Error).self) {
            try await functions.activity("Double")?("\"x\"", context)
        }
        #expect(error.map { FailureDetails($0).type } == "InvalidInput")
    }

    private struct RecordingLog: LogHandler {
        final class Lines: Sendable {
            let lines = Mutex<[String]>([])
            func withLock<R>(_ body: (inout sending [String]) -> sending R) -> sending R { lines.withLock(body) }
        }
        let lines = Lines()
        var metadata: Logger.Metadata = [:]
        var logLevel = Logger.Level.trace

        subscript(metadataKey key: String) -> Logger.Metadata.Value? {
            get { metadata[key] }
            set { metadata[key] = newValue }
        }

        func log(event: LogEvent) {
            let facts = ["instance", "orchestration"].map { "\(metadata[$0] ?? "-")" }
            lines.lines.withLock { $0.append("\(event.message) \(facts.joined(separator: " "))") }
        }
    }
}
