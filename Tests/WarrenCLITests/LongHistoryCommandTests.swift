import Foundation
import TestSupport
import Testing
import Warren

/// Histories that are longer than a host puts into one answer, on the command line.
@Suite(
    "The commands and long histories", .enabled(if: TestBroker.isAvailable, TestBroker.remedy), .timeLimit(.minutes(5)))
struct LongHistoryCommandTests {
    @Test("A history of several answers is shown whole, as lines and as JSON")
    func status() async throws {
        try await SampleHost.running { fixture in
            // The input once, each city to its activity, each greeting back: more than 2 MiB.
            let cities = (0..<3).map { String(repeating: "\($0)", count: 250_000) }
            let input = "[\(cities.map { "\"\($0)\"" }.joined(separator: ","))]"
            let started = try await Program.run(
                Program.product("warren"), ["start", "HelloCities", "--id", "long", "--input", "@-", "--wait"],
                environment: ["WARREN_BROKER_URL": fixture.broker, "WARREN_HUB": fixture.hub], input: input)
            #expect(started.exitCode == 0, "\(started.errors)")

            let json = try await Self.output(of: ["status", "long", "--history", "--json"], fixture)
            #expect(json.utf8.count > 2_000_000)
            let status = try JSONValue(Payload(json: json))
            guard case .array(let events)? = status["historyEvents"] else {
                Issue.record("no history: \(json.prefix(1000))")
                return
            }
            #expect(events.first?["type"] == "OrchestratorStarted")
            #expect(events.last?["type"] == "ExecutionCompleted")
            #expect(events.count { $0["type"] == "TaskCompleted" } == 3)
            #expect(status["runtimeStatus"] == "Completed" && status["historyOmitted"] == nil)

            let text = try await Self.output(of: ["status", "long", "--history"], fixture)
            let lines = text.split(separator: "\n").drop { $0 != "History" }.dropFirst()
            #expect(lines.count == events.count)
            #expect(lines.last?.contains("\(events.count)  ExecutionCompleted") == true)
        }
    }

    /// What a command prints, by way of a file: it is more than a pipe of the tests takes.
    private static func output(of command: [String], _ fixture: HostFixture) async throws -> String {
        let file = FileManager.default.temporaryDirectory.appending(path: "\(fixture.hub).out")
        defer { try? FileManager.default.removeItem(at: file) }
        let script = #"out=$1; shift; exec "$@" > "$out""#
        let result = try await Program.run(
            "sh", ["-c", script, "sh", file.path, Program.product("warren")] + command,
            environment: ["WARREN_BROKER_URL": fixture.broker, "WARREN_HUB": fixture.hub])
        #expect(result.exitCode == 0 && result.errors == "", "\(result.errors)")
        return try String(contentsOf: file, encoding: .utf8)
    }
}
