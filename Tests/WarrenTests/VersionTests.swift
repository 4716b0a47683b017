import Testing

@testable import Warren

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

@Suite("Versions", .timeLimit(.minutes(5)))
struct VersionTests {
    private static let flow = Orchestration<Void, String>("Flow")

    @Test(
        "versions compare as numbers where they are, else as text; none is the oldest",
        arguments: [
            (nil, "1", -1), ("", nil, 0), (nil, nil, 0), ("1.9", "1.10", -1), ("2", "2.0", 0), ("2.0.1", "2", 1),
            ("01", "1", 0), ("1.0-beta", "1.0-BETA", 0), ("alpha", "beta", -1), ("0", nil, 1),
            ("99999999999999999999999999", "100000000000000000000000000", -1), ("1..2", "1.2", -1),
        ] as [(String?, String?, Int)])
    func order(left: String?, right: String?, expected: Int) {
        #expect(OrchestrationVersion.isOlder(left, than: right) == (expected < 0))
        #expect(OrchestrationVersion.isOlder(right, than: left) == (expected > 0))
        #expect(OrchestrationVersion.areEqual(left, right) == (expected == 0))
    }

    @Test("a version is 1 to 64 plain characters")
    func rule() {
        for good in ["1", "2.10.3", "v2-rc_1+build", String(repeating: "9", count: 64)] {
            #expect(OrchestrationVersion.problem(good) == nil)
        }
        for bad in ["", "1 2", "ä", "a/b", "1@2", String(repeating: "9", count: 65)] {
            #expect(OrchestrationVersion.problem(bad) != nil, "\(bad)")
        }
    }

    @Test("versions stand side by side, and an execution runs the one with which it began, warm or replayed")
    func sideBySide() {
        let functions = FunctionRegistry()
        functions.register(Self.flow, version: "2.0") { context in
            _ = try await context.call(Work.echo, "two")
            return "two for \(context.version ?? "none")"
        }
        functions.register(Self.flow) { context in
            _ = try await context.call(Work.echo, "any")
            return "any for \(context.version ?? "none")"
        }
        #expect(functions.versions(of: "Flow") == [nil, "2.0"])
        for (version, output) in [(nil, "any for none"), ("2", "two for 2"), ("1.5", "any for 1.5")]
            as [(String?, String)]
        {
            for mode in ScriptedHost.Mode.allCases {
                let host = ScriptedHost(functions, "Flow", mode: mode)
                host.started.version = version
                host.activities = standardActivities
                host.run()
                #expect(host.output == "\"\(output)\"")
                #expect(ReplayTester(functions: functions).fault(in: host.history) == nil)
            }
        }
    }

    @Test("a version without code fails, and the report names what is registered")
    func unregistered() {
        let functions = FunctionRegistry()
        functions.register(Self.flow, version: "2.0") { _ in "" }
        functions.register(Self.flow, version: "1.0") { _ in "" }
        let host = ScriptedHost(functions, "Flow")
        host.started.version = "3.0"
        host.run()
        #expect(host.failure?.type == "OrchestrationNotRegistered")
        #expect(host.failure?.message.contains("for version 3.0. Registered are: 1.0, 2.0.") == true)
    }

    @Test("children and detached starts carry the version that the call names, and no other")
    func children() {
        let host = everywhere(
            Orchestration<Void, String>("Parent") { context in
                _ = try context.startDetached(Work.echoChild, "a", id: "d", version: "0.9")
                _ = try await context.call(Work.echoChild, "b")
                return try await context.call(Work.echoChild, "c", version: "2.0")
            })
        #expect(host.actions.map(\.version) == ["0.9", nil, "2.0"])
        #expect(host.output == "\"c\"")
    }

    @Test("a bad version of a child or of the next generation is an error of the call")
    func badVersion() {
        let host = everywhere(
            Orchestration<Void, String>("Parent") { context in
                var codes: [String] = []
                do { _ = try await context.call(Work.echoChild, "a", version: "a b") } catch let error as WarrenError {
                    codes.append("\(error.code)")
                }
                do { try context.continueAsNew(version: "") } catch let error as WarrenError {
                    codes.append("\(error.code)")
                }
                return codes.joined(separator: " ")
            })
        #expect(host.output == "\"invalidVersion invalidVersion\"")
        #expect(host.actions.isEmpty)
    }

    @Test("continue-as-new may name the version of the next generation")
    func continueAsNew() {
        let functions = FunctionRegistry()
        functions.register(Self.flow) { context in try context.continueAsNew(version: "3.0") }
        functions.register(Orchestration<Void, String>("Same")) { context in try context.continueAsNew() }
        for (name, version) in [("Flow", "3.0"), ("Same", nil)] as [(String, String?)] {
            let outcome = ScriptedHost(functions, name).start()
            guard case .continuedAsNew = outcome.completion else {
                Issue.record("\(name) did not continue")
                continue
            }
            #expect(outcome.nextVersion == version)
        }
    }

    @Test("an execution that was held back before it began begins when it is resumed, also on replay")
    func heldBack() {
        let functions = FunctionRegistry()
        functions.register(Self.flow) { context in
            let number = try await context.wait(for: Work.go)
            return "\(number) \(context.now.timeIntervalSince1970)"
        }
        for mode in ScriptedHost.Mode.allCases {
            let host = ScriptedHost(functions, "Flow", mode: mode)
            let first = host.episode([.executionSuspended(reason: "version"), .executionStarted(host.started)])
            #expect(first == EpisodeOutcome())
            #expect(host.episode([.eventRaised(name: "Go", input: "7")]) == EpisodeOutcome())
            host.episode([.executionResumed(reason: nil)])
            #expect(host.output == "\"7 1700000003.0\"")
            #expect(ReplayTester(functions: functions).fault(in: host.history) == nil)
        }
    }

    @Test("one that was held back twice before it began goes on after one resume")
    func heldBackTwice() {
        let functions = FunctionRegistry()
        functions.register(Self.flow) { context in "\(try await context.wait(for: Work.go))" }
        for mode in ScriptedHost.Mode.allCases {
            let host = ScriptedHost(functions, "Flow", mode: mode)
            host.episode([.executionSuspended(reason: "version"), .executionStarted(host.started)])
            host.episode([.executionSuspended(reason: "version")])
            host.episode([.executionResumed(reason: nil)])
            host.episode([.eventRaised(name: "Go", input: "7")])
            #expect(host.output == "\"7\"")
            #expect(ReplayTester(functions: functions).fault(in: host.history) == nil)
        }
    }

    @Test("events with a version are stored behind it, and others as ever")
    func codec() throws {
        let started = ExecutionStarted(
            name: "O", instanceID: "i", executionID: "e", input: "1", version: "2.0")
        let events: [HistoryEvent] = [
            .executionStarted(started),
            .subOrchestrationCreated(id: 0, name: "S", instanceID: "e:0", input: .null, version: "1.0"),
            .orchestrationStarted(id: 1, name: "D", instanceID: "d", input: "0", startAt: nil, version: "0.1"),
            .patchMarked(name: "fix-1", isDeprecated: false), .patchMarked(name: "fix-2", isDeprecated: true),
        ]
        let bytes = HistoryCodec.encode(events)
        #expect(try HistoryCodec.decode(bytes) == events)
        // Tag 30, the version, then the event as it is without one; tag 31, the name, and whether it is deprecated.
        #expect(Array(bytes.prefix(6)) == [1, 30, 3, 50, 46, 48])
        #expect(Array(bytes.suffix(16)) == [31, 5] + Array("fix-1".utf8) + [0, 31, 5] + Array("fix-2".utf8) + [1])
        let json = "[" + events.map(\.jsonObject.json).joined(separator: ",") + "]"
        #expect(try HistoryEvent.history(json: Payload(json: json)) == events)
        var plain = events[1]
        plain.version = nil
        #expect(Array(HistoryCodec.encode([events[1]]).dropFirst(6)) == Array(HistoryCodec.encode([plain]).dropFirst()))
        #expect(throws: WarrenError.self) { try HistoryCodec.decode([1] + Array(repeating: 30, count: 100_000)) }
    }
}
