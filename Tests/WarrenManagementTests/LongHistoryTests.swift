#if HTTP
import Hummingbird
import TestSupport
import Testing
import Warren
import WarrenSupport
import WarrenTestKit

@testable import WarrenClient
@testable import WarrenManagement

/// Histories that are longer than a host puts into one answer.
@Suite("Management API: long histories", .timeLimit(.minutes(5)))
struct LongHistoryTests {
    private static let go = ExternalEvent<String>("Go")
    private static let gather = Orchestration<Int, Int>("Gather")
    private static let size = Activity<String, Int>("Size")
    private static let never = Activity<String, Int>("Never")

    private static func register(_ hub: TestHub) {
        hub.register(size) { text in text.utf8.count }
        hub.register(gather) { context, count in
            var bytes = 0
            for _ in 0..<count { bytes += try await context.call(size, try await context.wait(for: go)) }
            // Asked for and not answered until the last event has come.
            let timer = context.startTimer(for: .hours(1))
            bytes += try await context.wait(for: go).utf8.count
            timer.cancel()
            return bytes
        }
    }

    private static func fill(_ client: TaskHubClient, _ count: Int) async throws {
        _ = try await client.start(gather, count, id: "g")
        for number in 0..<count {
            try await client.raise(go, String(repeating: "\(number % 10)", count: 400_000), to: "g")
        }
    }

    @Test("A history of many megabytes is shown whole, as if it had come in one piece", arguments: [false, true])
    func whole(overSocket: Bool) async throws {
        try await API.serving(over: overSocket ? .socket : .router, register: Self.register) { api, hub async throws in
            let client = try await hub.client
            try await Self.fill(client, 4)
            await hub.rest()
            #expect(try #require(await client.historyPart(of: "g")).historyNext != nil, "it comes in parts")
            for query in ["", "&showHistoryOutput=true", "&showInput=false"] {
                let answer = try await api.get("/instances/g?showHistory=true\(query)")
                #expect(answer.status == 202 && answer.headers[.location] != nil)
                let kept = try #require(await client.status(of: "g", includeHistory: true))
                let expected = StatusJSON(
                    http: kept, showsInput: !query.contains("showInput"),
                    showsOutputInHistory: query.contains("Output")
                ).object.bytes
                #expect(answer.body == String(decoding: expected, as: UTF8.self), "\(query)")
                #expect(answer.body.utf8.count > (query.contains("showInput") ? 1000 : 1_600_000))
                guard case .array(let rows)? = answer["historyEvents"] else {
                    Issue.record("no rows")
                    return
                }
                #expect(rows.count { $0["EventType"] == "TaskCompleted" } == 4)
                #expect(!rows.contains { $0["EventType"] == "TaskScheduled" }, "calls are folded across parts")
            }
            try await client.raise(Self.go, "x", to: "g")
            await hub.rest()
            #expect(try await api.get("/instances/g?showHistory=true").status == 200)
            #expect(try await api.ask(.head, "/instances/g?showHistory=true", nil, [:]).status == 200)
        }
    }

    @Test(
        "A history whose instance is purged or begun anew while it is read says what is missing",
        arguments: [false, true])
    func cut(isPurged: Bool) async throws {
        try await API.serving(register: Self.register) { api, hub async throws in
            let client = try await hub.client
            try await Self.fill(client, 4)
            await hub.rest()
            let (walk, open) = try #require(
                await client.historyWalk(of: "g", Set<Int>()) { HistoryJSON.track(&$0, $1) })
            try await client.terminate("g")
            await hub.rest()
            if isPurged {
                try await client.purge("g")
            } else {
                _ = try await client.start(Self.gather, 1, id: "g", ifExists: .restart)
            }
            await hub.rest()
            let writer = BodyText()
            let rows = HistoryJSON(showsInput: false, showsOutput: false, open: open)
            let head = StatusJSON(http: walk.status).object
            try await LongHistory(walk: walk, head: head, rows: rows).body.write(writer)
            let json = try JSONValue(Payload(json: String(buffer: writer.buffer)))
            #expect(json["historyEvents"] == [])
            let omitted = try #require(json["historyOmitted"]?.stringValue)
            #expect(omitted.hasPrefix("\(walk.events) of \(walk.events) events could not be read."), "\(omitted)")
        }
    }

    @Test("A history that grows while it is read is shown as it was at one moment")
    func growing() async throws {
        try await API.serving(register: Self.register) { _, hub async throws in
            let client = try await hub.client
            try await Self.fill(client, 4)
            await hub.rest()
            let (walk, _) = try #require(await client.historyWalk(of: "g", (), look: { _, _ in }))
            #expect(walk.status.runtimeStatus == .running && walk.status.openTasks.first?.hasPrefix("timer") == true)
            try await client.raise(Self.go, "x", to: "g")
            await hub.rest()
            var events: [Payload] = []
            var parts = walk.parts()
            while let part = try await parts.next() { events += part }
            #expect(events.count == walk.events)
            #expect(events.last?.json.contains("ExecutionCompleted") == false)
            #expect(try await client.status(of: "g")?.runtimeStatus == .completed)
        }
    }

    @Test("What a host has left out is named among the members of a status")
    func omitted() throws {
        var status = OrchestrationStatus(
            name: "N", instanceID: "i", executionID: "e", runtimeStatus: .completed,
            createdAt: Timestamp(microseconds: 0), lastUpdatedAt: Timestamp(microseconds: 0))
        func named(showsInput: Bool = true) throws -> JSONValue? {
            try JSONValue(StatusJSON(http: status, showsInput: showsInput).object.payload)["omitted"]
        }
        #expect(try named() == nil)
        status.omitted = ["input", "output", "customStatus", "openTasks", "history"]
        #expect(try named() == ["input", "output", "customStatus", "historyEvents"])
        #expect(try named(showsInput: false) == ["output", "customStatus", "historyEvents"])
        status.omitted = ["openTasks"]
        #expect(try named() == nil)
    }
}
#endif
