import Foundation
import TestSupport
import Testing
import Warren
import WarrenClient
import WarrenHost
import WarrenMessaging
import WarrenStorage
import WarrenTestKit

/// Ended instances go when they have their age, at a rate, and not before they are exported.
@Suite("Retention", .timeLimit(.minutes(5)))
struct RetentionTests {
    private static let echo = Orchestration<String, String>("Echo")
    private static let failing = Orchestration<Void, Void>("Failing")
    private static let parent = Orchestration<Void, Bool>("Parent")
    private static let go = ExternalEvent<Bool>("Go")

    private struct NoLuck: Error {}

    private static func register(_ registrar: some FunctionRegistrar) {
        registrar.register(echo) { _, text in text }
        registrar.register(failing) { _ in throw NoLuck() }
        registrar.register(parent) { context in
            _ = try await context.call(echo, "child", id: "\(context.instanceID)-child")
            return try await context.wait(for: go)
        }
    }

    private func withHub(
        _ set: @escaping @Sendable (inout HostConfiguration.Retention) -> Void,
        _ body: (TestHub, TaskHubClient) async throws -> Void
    ) async throws {
        var options = TestHubOptions(partitionCount: 1)
        options.configure = { set(&$0.retention) }
        try await withTaskHub(options) { hub in
            Self.register(hub)
            try await body(hub, try await hub.client)
        }
    }

    private func ids(_ client: TaskHubClient) async throws -> [String] {
        try await client.list(InstanceQuery(limit: 1000)).instances.map(\.instanceID).sorted()
    }

    @Test("Each status has an age of its own, counted from the end; what is open, or has no age, stays")
    func ages() async throws {
        try await withHub({
            $0.completed = .hours(1)
            $0.failed = .hours(3)
        }) { hub, client in
            let parent = try await client.start(Self.parent, (), id: "parent")
            _ = try await client.start(Self.echo, "a", id: "a")
            _ = try await client.start(Self.failing, (), id: "failed")
            _ = try await client.start(Self.parent, (), id: "terminated")
            try await client.terminate("terminated")
            await hub.rest()
            try await hub.advance(by: .minutes(59))
            #expect(
                try await ids(client) == ["a", "failed", "parent", "parent-child", "terminated", "terminated-child"])
            _ = try await client.start(Self.echo, "b", id: "b")
            try await hub.advance(by: .minutes(1))
            // A child goes at its own age, while the instance that called it goes on.
            #expect(try await ids(client) == ["b", "failed", "parent", "terminated"])
            try await hub.advance(by: .minutes(59))
            #expect(try await ids(client) == ["failed", "parent", "terminated"])
            try await hub.advance(by: .hours(1) + .minutes(2))
            #expect(try await ids(client) == ["parent", "terminated"])
            try await client.raise(Self.go, true, to: "parent")
            #expect(try await hub.result(of: parent))
            try await hub.advance(by: .hours(1))
            #expect(try await ids(client) == ["terminated"])
            // An ID is free again.
            let again = try await client.start(Self.echo, "again", id: "a")
            #expect(try await hub.result(of: again) == "again")
        }
    }

    @Test("No more are removed in a second than the rate allows, and all of them in the end")
    func rate() async throws {
        try await withHub({
            $0.completed = .minutes(10)
            $0.rate = 10
        }) { hub, client in
            for number in 0..<45 { _ = try await client.start(Self.echo, "x", id: "i\(number)") }
            await hub.rest()
            try await hub.advance(by: .minutes(10))
            var left = try await ids(client).count
            #expect(left == 35)
            for _ in 0..<4 {
                try await hub.advance(by: .seconds(1))
                let now = try await ids(client).count
                #expect(now >= left - 10 && now < left)
                left = now
            }
            #expect(left == 0)
        }
    }

    @Test("An instance that runs again when it is due stays")
    func runsAgain() async throws {
        try await withHub({ $0.completed = .minutes(10) }) { hub, client in
            _ = try await client.start(Self.echo, "x", id: "i")
            await hub.rest()
            try await hub.advance(by: .minutes(9))
            _ = try await client.start(Self.parent, (), id: "i", ifExists: .replaceFinished)
            try await hub.advance(by: .minutes(20))
            #expect(try await client.status(of: "i")?.runtimeStatus == .running)
        }
    }

    // MARK: - Export

    /// The lines of all files of a folder.
    private func lines(in folder: String) throws -> [String] {
        guard FileManager.default.fileExists(atPath: folder) else { return [] }
        return try FileManager.default.contentsOfDirectory(atPath: folder).sorted().flatMap { name in
            let text = try String(contentsOfFile: folder + "/" + name, encoding: .utf8)
            #expect(text.isEmpty || text.hasSuffix("\n"), "\(name) ends within a line")
            return text.split(separator: "\n").map(String.init)
        }
    }

    /// The number of lines in the files of a folder, while they are written.
    private func lineFeeds(in folder: String) -> Int {
        let names = FileManager.default.enumerator(atPath: folder)?.allObjects as? [String] ?? []
        return names.reduce(0) { count, name in
            count + (FileManager.default.contents(atPath: folder + "/" + name) ?? Data()).count { $0 == 10 }
        }
    }

    private func member(_ name: String, of line: String) throws -> JSONValue? {
        guard case .object(let members) = try JSONValue(Payload(json: line)) else { return nil }
        return members[name]
    }

    @Test("An export has everything of an instance, as the command line writes it, large payloads included")
    func contents() async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "warren-export-\(UUID())").path
        defer { try? FileManager.default.removeItem(atPath: folder) }
        var options = TestHubOptions(partitionCount: 1, payloadDirectory: folder + "/payloads")
        options.configure = {
            $0.retention.completed = .minutes(1)
            $0.retention.failed = .minutes(1)
            $0.retention.exportDirectory = folder + "/export"
        }
        let large = String(repeating: "x", count: 300 << 10)
        try await withTaskHub(options) { hub in
            Self.register(hub)
            let client = try await hub.client
            _ = try await client.start(Self.echo, large, id: "large", tags: ["tier": "gold"])
            _ = try await client.start(Self.failing, (), id: "failed")
            await hub.rest()
            try await hub.advance(by: .minutes(2))
            #expect(try await client.list().instances.isEmpty)
        }
        let lines = try lines(in: folder + "/export")
        try #require(lines.count == 2)
        #expect(
            lines[0].hasPrefix(#"{"warrenExport":1,"hub":"test","name":"Echo","instanceId":"large","executionId":""#))
        #expect(try member("runtimeStatus", of: lines[0]) == .string("Completed"))
        #expect(try member("input", of: lines[0]) == .string(large))
        #expect(try member("output", of: lines[0]) == .string(large))
        #expect(try member("tags", of: lines[0]) == .object(["tier": .string("gold")]))
        guard case .array(let events)? = try member("historyEvents", of: lines[0]) else {
            Issue.record("no history")
            return
        }
        #expect(events.count == 3)
        #expect(!lines[0].contains("$warrenPayload"))
        #expect(try member("runtimeStatus", of: lines[1]) == .string("Failed"))
        #expect(lines[1].contains("NoLuck"))
    }

    @Test(
        "A host that is killed between the export and the removal leaves no gap, no double and no half line to the next one",
        arguments: [false, true])
    func killed(isTorn: Bool) async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "warren-retention-\(UUID())").path
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let ids = (0..<30).map { "i\($0)" }
        func configure(_ export: String) -> (inout HostConfiguration) -> Void {
            {
                $0.retention.completed = .hours(1)
                $0.retention.exportDirectory = export
            }
        }
        // 1. The host dies when it has exported a piece of each partition: nothing is written from then on.
        try await Cluster.run(in: folder + "/first") { cluster in
            let before = try await cluster.start { Self.register($0) }
            for id in ids { _ = try await cluster.client.start(Self.echo, id, id: id).result() }
            try await before.stop()
            let killed = try await cluster.start(
                configure: configure(folder + "/first/export"),
                open: { FaultInjectingStore(try Cluster.files($0, $1), fault: .crashBefore(commit: 1)) }
            ) { Self.register($0) }
            try await killed.pass(.hours(2)) { lineFeeds(in: folder + "/first/export") == ids.count }
            try FileManager.default.copyItem(atPath: folder + "/first", toPath: folder + "/second")
            // What is left of it ends with its time to stop.
            let isEnded = Watched(false)
            let ending = Task {
                _ = await killed.running.result
                isEnded.change { $0 = true }
            }
            killed.running.cancel()
            try await untilSeen("the killed host to be gone") {
                killed.pass(.minutes(1))
                return isEnded.value
            }
            await ending.value
        }
        if isTorn {
            // It died within the last line.
            let export = folder + "/second/export"
            let newest = try #require(try FileManager.default.contentsOfDirectory(atPath: export).sorted().last)
            let text = try String(contentsOfFile: export + "/" + newest, encoding: .utf8)
            try String(text.dropLast(20)).write(toFile: export + "/" + newest, atomically: false, encoding: .utf8)
        }
        // 2. The next one goes on.
        try await Cluster.run(in: folder + "/second") { cluster in
            let next = try await cluster.start(configure: configure(folder + "/second/export")) { Self.register($0) }
            for _ in 0..<3 {
                next.pass(.hours(1))
                try await cluster.rest(next)
            }
            #expect(try await cluster.client.list().instances.isEmpty)
            try await next.stop()
        }
        let exported = try lines(in: folder + "/second/export").map { try member("instanceId", of: $0) }
        #expect(exported.count == ids.count)
        #expect(Set(exported) == Set(ids.map { JSONValue.string($0) }))
    }
}
