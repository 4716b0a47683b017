import Synchronization
import Testing
import WarrenSupport

@testable import Warren

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

@Suite("Determinism guard", .timeLimit(.minutes(5)))
struct DeterminismTests {
    /// Records a history with one version of the code and replays it with another.
    private func replay(
        old: @escaping Orchestration<Void, String>.Body, new: @escaping Orchestration<Void, String>.Body
    ) -> FailureDetails? {
        let reference = Orchestration<Void, String>("Flow")
        let (before, after) = (FunctionRegistry(), FunctionRegistry())
        before.register(reference, body: old)
        after.register(reference, body: new)
        let host = ScriptedHost(before, "Flow")
        host.activities = standardActivities
        host.run()
        let session = LocalOrchestratorRunner(functions: after).session(replaying: host.history)
        defer { session.evict() }
        let outcome = session.advance([.orchestratorStarted(host.now)])
        #expect(outcome.actions.isEmpty)
        #expect(ReplayTester(functions: before).fault(in: host.history) == nil)
        guard case .failed(let failure) = outcome.completion else { return nil }
        #expect(ReplayTester(functions: after).fault(in: host.history) == failure)
        return failure
    }

    @Test("another kind at a number fails with the line, both sides and the likely cause")
    func kind() {
        let failure = replay(
            old: { context, _ in
                _ = try await context.call(Work.echo, "a")
                return try await context.call(Work.never, "b")
            },
            new: { context, _ in
                _ = try await context.call(Work.echo, "a")
                try await context.sleep(for: .seconds(1))
                return ""
            })
        #expect(failure?.type == "NonDeterminism")
        #expect(failure?.isNonRetriable == true)
        for part in [
            "'Flow'", "'instance-1'", "action #1", "WarrenTests/DeterminismTests.swift:", "now asks for a timer",
            "the history has activity 'Never'", "In the history: #0 activity 'Echo', #1 activity 'Never'",
            "Likely cause: the code was changed",
        ] {
            #expect(failure?.message.contains(part) == true, "\(part)")
        }
    }

    @Test("another name, another child ID, and one action too many or missing")
    func others() {
        let two: Orchestration<Void, String>.Body = { context, _ in
            _ = try await context.call(Work.echo, "a")
            return try await context.call(Work.never, "b")
        }
        let renamed = replay(old: two) { context, _ in try await context.call(Work.fail, "a") }
        #expect(renamed?.message.contains("the names differ") == true)
        let more = replay(old: two) { context, _ in
            _ = context.start(Work.echo, "a")
            _ = context.start(Work.never, "b")
            return ""
        }
        #expect(more?.message.contains("the history has only 1 actions up to this point") == true)
        let fewer = replay(old: two) { context, _ in try await context.call(Work.echo, "a") }
        #expect(fewer?.message.contains("activity 'Never' as action #1, which the code did not ask for") == true)
        let child = replay(old: { context, _ in try await context.call(Work.echoChild, "x", id: "one") }) {
            context, _ in try await context.call(Work.echoChild, "x", id: "two")
        }
        #expect(child?.message.contains("the instance IDs differ: 'two' now, 'one'") == true)
        #expect(child?.message.contains("context.uuid()") == true)
    }

    @Test("another input fails with the first difference; equal values and reordered JSON do not")
    func inputs() {
        let input = replay(old: { context, _ in try await context.call(Work.never, "Tokyo") }) { context, _ in
            try await context.call(Work.never, "Tokio")
        }
        #expect(input?.message.contains("the inputs differ from byte 4 on: \"Tokio\" now, \"Tokyo\"") == true)
        #expect(input?.message.contains("order of a Set") == true)

        let json = Activity<Payload, String>("Never")
        #expect(
            replay(old: { context, _ in try await context.call(json, #"{"a":1,"b":[2]}"#) }) { context, _ in
                try await context.call(json, #"{ "b": [2], "a": 1 }"#)
            } == nil)

        let set = Activity<Set<String>, String>("Never")
        let raw = Activity<[String], String>("Never")
        #expect(
            replay(old: { context, _ in try await context.call(raw, ["b", "a", "c"]) }) { context, _ in
                try await context.call(set, ["c", "a", "b"])
            } == nil)
    }

    @Test("a changed timer length keeps the recorded time")
    func timerLength() {
        #expect(
            replay(
                old: { context, _ in
                    try await context.sleep(for: .hours(1))
                    return try await context.call(Work.never, "x")
                },
                new: { context, _ in
                    try await context.sleep(for: .hours(2))
                    return try await context.call(Work.never, "x")
                }) == nil)
    }

    @Test("after a fault the code asks for nothing more and is unwound, even if it swallows errors")
    func inertAfterFault() {
        let reached = Counter()
        let failure = replay(old: { context, _ in try await context.call(Work.never, "x") }) { context, _ in
            for _ in 0..<50 { _ = try? await context.call(Work.fail, "y") }
            reached.increment()
            return ""
        }
        #expect(failure?.message.contains("action #0") == true)
        #expect(reached.value == 2, "once replayed by the session and once by the tester, to its end")
    }

    @Test("the tester compares how the code ends with how the execution ended")
    func endings() {
        let functions = FunctionRegistry()
        functions.register(Orchestration<Void, String>("Flow") { _ in "new" })
        let started = HistoryEvent.executionStarted(
            ExecutionStarted(name: "Flow", instanceID: "i", executionID: "e", input: .null))
        let tester = ReplayTester(functions: functions)
        let begin: [HistoryEvent] = [.orchestratorStarted(Timestamp(microseconds: 0)), started]
        #expect(tester.fault(in: begin) == nil)
        #expect(tester.fault(in: begin + [.executionCompleted(.completed, output: "\"new\"", failure: nil)]) == nil)
        let other = tester.fault(in: begin + [.executionCompleted(.completed, output: "\"old\"", failure: nil)])
        #expect(other?.message.contains("completed with \"old\"") == true)
        #expect(tester.fault(in: begin + [.continuedAsNew(input: "1")])?.type == "NonDeterminism")
        #expect(tester.fault(in: begin + [.executionTerminated(reason: nil)]) == nil)
        #expect(tester.fault(in: [])?.type == "CorruptHistory")
        #expect(tester.fault(in: [begin[0]])?.message.contains("no ExecutionStarted") == true)
        #expect(
            tester.fault(in: begin + [.timerCreated(id: 1, fireAt: Timestamp(microseconds: 0))])?.type
                == "CorruptHistory")
    }

    @Test("UUIDs, random numbers and time are equal on replay and differ between calls and executions")
    func identity() {
        let functions = FunctionRegistry()
        functions.register(
            Orchestration<Void, [String]>("Values") { context in
                var generator = context.random
                var values = [context.uuid().uuidString, context.uuid().uuidString]
                values += (0..<3).map { _ in "\(Int.random(in: 0..<1_000_000, using: &generator))" }
                _ = try await context.call(Work.echo, "x")
                return values + [context.uuid().uuidString, "\(context.random.next())"]
            })
        func values(_ mode: ScriptedHost.Mode, _ execution: String = "e") -> String? {
            let host = ScriptedHost(functions, "Values", mode: mode, instanceID: execution, executionID: execution)
            host.activities = standardActivities
            host.run()
            return host.output
        }
        #expect(values(.warm) == values(.evicting))
        #expect(values(.warm) != values(.warm, "f"))
        let found = (try? JSONDecoder().decode([String].self, from: Data((values(.warm) ?? "").utf8))) ?? []
        #expect(Set(found).count == 7)
    }

    @Test("UUIDs follow RFC 9562's example of version 5, and the documented name")
    func uuids() {
        // RFC 9562, appendix A.4: namespace DNS, name www.example.com.
        let dns: [UInt8] = [
            0x6B, 0xA7, 0xB8, 0x10, 0x9D, 0xAD, 0x11, 0xD1, 0x80, 0xB4, 0x00, 0xC0, 0x4F, 0xD4, 0x30, 0xC8,
        ]
        #expect(
            NamedUUID.make("www.example.com", in: dns).uuidString
                == "2ED6657D-E927-568B-95E1-2665A8AEA6A2")
        let time = Timestamp(microseconds: 1_700_000_000_123_456)
        #expect(ISO8601.text(time, fractionDigits: 7) == "2023-11-14T22:13:20.1234560Z")
    }
}

/// Counts from any thread.
final class Counter: Sendable {
    private let count = Mutex(0)
    var value: Int { count.withLock { $0 } }
    func increment(by step: Int = 1) { count.withLock { $0 += step } }
}
