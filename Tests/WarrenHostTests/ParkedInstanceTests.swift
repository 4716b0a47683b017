import Foundation
import TestSupport
import Testing
import Warren
import WarrenClient

@testable import WarrenHost

/// Instances whose histories do not agree with the code of a new version, over the restart of a host.
@Suite("Parked instances", .timeLimit(.minutes(5)))
struct ParkedInstanceTests {
    private static let go = ExternalEvent<Int>("Go")
    private static let echo = Activity<String, String>("Echo")
    private static let slow = Activity<String, String>("Slow")
    private static let flow = Orchestration<Void, String>("Flow")

    private typealias Body = Orchestration<Void, String>.Body

    /// Waits for an activity that no host of these tests serves, and for an event.
    private static let good: Body = { context, _ in
        let first = try await context.call(echo, "first")
        let number = try await context.wait(for: go)
        return "\(first) \(number)"
    }

    /// Asks for something else first.
    private static let bad: Body = { context, _ in
        try await context.sleep(for: .seconds(1))
        return "\(try await context.wait(for: go))"
    }

    private func start(
        _ cluster: Cluster, _ body: @escaping Body, configure: (inout HostConfiguration) -> Void = { _ in }
    ) async throws -> Cluster.Node {
        try await cluster.start(configure: configure) { host in
            host.register(Self.flow, body: body)
            host.register(Self.echo) { $0 }
        }
    }

    @Test("An instance that does not agree is parked with the report, keeps what comes, and goes on after a resume")
    func parked() async throws {
        try await Cluster.run { cluster in
            var node = try await start(cluster, Self.good)
            _ = try await cluster.client.start(Self.flow, (), id: "a")
            try await cluster.rest(node)
            try await node.stop()

            node = try await start(cluster, Self.bad)
            try await cluster.client.raise(Self.go, 7, to: "a")
            try await cluster.rest(node)
            var status = try #require(try await cluster.client.status(of: "a"))
            #expect(status.runtimeStatus == .suspended && status.failure == nil)
            #expect(status.suspension?.cause == .nonDeterminism)
            #expect(status.suspension?.reason?.contains("ParkedInstanceTests.swift:") == true)
            #expect(node.log.count(of: "the code of this host cannot run it") == 1)
            // The report is also in lists, and a resume with the same code changes nothing.
            try await cluster.client.resume("a")
            try await cluster.rest(node)
            var query = InstanceQuery()
            query.statuses = [.suspended]
            var listed: [OrchestrationStatus] = []
            for try await instance in cluster.client.instances(matching: query) { listed.append(instance) }
            #expect(listed.map(\.suspension?.cause) == [.nonDeterminism])
            try await node.stop()

            node = try await start(cluster, Self.good)
            status = try #require(try await cluster.client.status(of: "a"))
            #expect(status.runtimeStatus == .suspended)
            try await cluster.client.resume("a")
            #expect(try await cluster.client.output(of: "a").json == "\"first 7\"")
            try await cluster.rest(node)
            #expect(try await cluster.client.status(of: "a")?.suspension == nil)
            try await node.stop()
        }
    }

    @Test("A host that checks at its start parks what does not agree before anything comes, or does not start")
    func checkedAtStart() async throws {
        try await Cluster.run { cluster in
            var node = try await start(cluster, Self.good)
            for id in ["a", "b", "done"] { _ = try await cluster.client.start(Self.flow, (), id: id) }
            try await cluster.client.raise(Self.go, 1, to: "done")
            #expect(try await cluster.client.output(of: "done").json == "\"first 1\"")
            try await cluster.rest(node)
            try await node.stop()

            let error = await #expect(throws: HostError.self) {
                _ = try await start(cluster, Self.bad) { $0.orchestrations.replayCheck = .refuse }
            }
            #expect(error?.code == .registration)
            #expect(
                error?.message.contains("2 of 2 open instances do not agree") == true, "\(String(describing: error))")

            node = try await start(cluster, Self.bad) { $0.orchestrations.replayCheck = .park }
            try await cluster.rest(node)
            for id in ["a", "b"] {
                let status = try #require(try await cluster.client.status(of: id))
                #expect(status.runtimeStatus == .suspended && status.suspension?.cause == .nonDeterminism)
            }
            try await node.stop()

            // What is parked is not counted again, and code that agrees starts.
            node = try await start(cluster, Self.good) { $0.orchestrations.replayCheck = .refuse }
            try await cluster.client.resume("a")
            try await cluster.client.raise(Self.go, 2, to: "a")
            #expect(try await cluster.client.output(of: "a").json == "\"first 2\"")
            try await node.stop()
        }
    }

    @Test("By choice of the registration a disagreement fails the instance")
    func fails() async throws {
        try await Cluster.run { cluster in
            var node = try await start(cluster, Self.good)
            _ = try await cluster.client.start(Self.flow, (), id: "a")
            try await cluster.rest(node)
            try await node.stop()
            node = try await cluster.start { host in
                host.register(Self.flow, onNonDeterminism: .fail, body: Self.bad)
                host.register(Self.echo) { $0 }
            }
            try await cluster.client.raise(Self.go, 7, to: "a")
            try await cluster.rest(node)
            #expect(try await cluster.client.status(of: "a")?.failure?.type == "NonDeterminism")
            try await node.stop()
        }
    }

    @Test("Versions stand side by side over a restart, and one that is gone waits for a host that has it")
    func versions() async throws {
        func versioned(_ registrar: TaskHubHost, _ versions: [String?]) {
            for version in versions {
                registrar.register(Self.flow, version: version) { context in
                    let number = try await context.wait(for: Self.go)
                    return "\(version ?? "any") \(context.version ?? "none") \(number)"
                }
            }
        }
        try await Cluster.run { cluster in
            var node = try await cluster.start { versioned($0, ["1.0"]) }
            for id in ["old", "older"] { _ = try await cluster.client.start(Self.flow, (), id: id) }
            try await cluster.rest(node)
            try await node.stop()

            node = try await cluster.start { versioned($0, ["1.0", "2.0"]) }
            _ = try await cluster.client.start(Self.flow, (), id: "new")
            _ = try await cluster.client.start(Self.flow, (), id: "chosen", version: "1.0")
            for id in ["old", "new", "chosen"] { try await cluster.client.raise(Self.go, 1, to: id) }
            #expect(try await cluster.client.output(of: "old").json == "\"1.0 1.0 1\"")
            #expect(try await cluster.client.output(of: "new").json == "\"2.0 2.0 1\"")
            #expect(try await cluster.client.output(of: "chosen").json == "\"1.0 1.0 1\"")
            #expect(try await cluster.client.status(of: "new")?.version == "2.0")
            try await cluster.rest(node)
            try await node.stop()

            node = try await cluster.start { versioned($0, ["2.0"]) }
            try await cluster.client.raise(Self.go, 5, to: "older")
            try await cluster.rest(node)
            #expect(try await cluster.client.status(of: "older")?.suspension?.cause == .version)
            try await node.stop()

            node = try await cluster.start { versioned($0, ["1.0", "2.0"]) }
            #expect(try await cluster.client.output(of: "older").json == "\"1.0 1.0 5\"")
            try await node.stop()
        }
    }

    @Test("Exported histories are replayed with the functions of a program, and each difference has its place")
    func exported() throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("warren-\(UUID())")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let history = [
            #"{"timestamp":"2030-01-01T12:00:00Z","type":"OrchestratorStarted"}"#,
            #"{"executionID":"e","input":null,"instanceID":"a","name":"Flow","type":"ExecutionStarted"}"#,
            #"{"id":0,"input":"first","name":"Echo","type":"TaskScheduled"}"#,
        ].joined(separator: ",")
        let other = history.replacingOccurrences(of: "\"Flow\"", with: "\"Other\"")
        let lines = [
            #"{"warrenExport":1,"name":"Flow","instanceId":"a","historyEvents":[\#(history)]}"#,
            #"{"warrenExport":1,"name":"Other","instanceId":"b","historyEvents":[\#(other)]}"#,
            #"{"warrenExport":1,"name":"Flow","instanceId":"c","omitted":["history"],"historyEvents":[]}"#,
            "no line at all",
        ]
        let file = folder.appendingPathComponent("a.jsonl")
        try Data(lines.joined(separator: "\n").utf8).write(to: file)
        try Data("[\(history)]".utf8).write(to: folder.appendingPathComponent("b.json"))

        let (good, bad) = (FunctionRegistry(), FunctionRegistry())
        good.register(Self.flow, body: Self.good)
        bad.register(Self.flow, body: Self.bad)
        let followed = try ReplayTester.report(onHistoriesAt: folder.path, of: good)
        #expect(followed.replayed == 2 && followed.skipped == 2)
        #expect(followed.disagreements.map(\.place) == ["a.jsonl:4"])
        let report = try ReplayTester.report(onHistoriesAt: folder.path, of: bad)
        #expect(report.disagreements.map(\.place) == ["a.jsonl:1", "a.jsonl:4", "b.json"])
        #expect(report.disagreements.first?.instanceID == "a")
        #expect(report.description.contains("a.jsonl:1: NonDeterminism: Orchestration 'Flow', instance 'a'"))
        #expect(report.description.hasSuffix("2 histories replayed, 2 skipped, 3 not followed"))
        #expect(throws: HostError.self) { try ReplayTester.report(onHistoriesAt: folder.path + "/none", of: good) }
    }
}
