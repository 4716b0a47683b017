#if HTTP
import Foundation
import Hummingbird
import TestSupport
import Testing
import Warren

/// One spelling of a status, seen from outside: the same instances by every program and route that shows statuses.
@Suite(
    "The spelling of statuses on the command line, over HTTP and in SQL",
    .enabled(if: TestBroker.isAvailable, TestBroker.remedy), .timeLimit(.minutes(5)))
struct StatusWordTests {
    /// The statuses of the instances that ``prepare(_:)`` leaves, by their IDs.
    private static let expected = [
        "done": "Completed", "bad": "Failed", "stopped": "Terminated", "held": "Suspended", "open": "Running",
        "later": "Pending",
    ]

    private func prepare(_ fixture: HostFixture) async throws {
        let starts = [
            ["HelloCities", "--id", "done", "--wait"], ["SumOfSquares", "--id", "bad", "--input", #""x""#, "--wait"],
            ["Approval", "--id", "stopped"], ["Approval", "--id", "held"], ["Cart", "--id", "open"],
            ["HelloCities", "--id", "later", "--delay", "1h"],
        ]
        for start in starts { _ = try await warren(fixture, ["start"] + start) }
        #expect(try await warren(fixture, ["terminate", "stopped"]).exitCode == 0)
        #expect(try await warren(fixture, ["suspend", "held"]).exitCode == 0)
    }

    private func warren(_ fixture: HostFixture, _ arguments: [String]) async throws -> Program {
        try await Program.warren(
            arguments, environment: ["WARREN_BROKER_URL": fixture.broker, "WARREN_HUB": fixture.hub])
    }

    /// The status of each instance in a text of JSON lines, or of one array.
    private func words(_ text: String, id: String = "instanceId", status: String = "runtimeStatus") throws
        -> [String: String]
    {
        var values: [JSONValue] = []
        for line in text.split(separator: "\n") {
            let value = try JSONValue(Payload(json: String(line)))
            if case .array(let all) = value { values += all } else { values.append(value) }
        }
        let pairs = values.compactMap { value in
            value[id]?.stringValue.flatMap { id in value[status]?.stringValue.map { (id, $0) } }
        }
        return Dictionary(pairs) { $1 }
    }

    @Test("list, export, status, SQL and both HTTP APIs show the same words, and filters take them in any case")
    func everywhere() async throws {
        try await SampleHost.running { fixture in
            try await prepare(fixture)
            #expect(try words(try await warren(fixture, ["list", "--json"]).output) == Self.expected)
            #expect(try words(try await warren(fixture, ["export"]).output) == Self.expected)
            let rows = try await Program.warren(
                ["sql", "--data", fixture.data.path, "--json", "SELECT instance_id, status FROM instances"])
            #expect(try words(rows.output, id: "instance_id", status: "status") == Self.expected, "\(rows.errors)")
            let top = try await warren(fixture, ["top", "--count", "1", "--json"]).output
            let counts = try JSONValue(Payload(json: top))["counts"]
            let table = try await warren(fixture, ["list"]).output
            let port = ["serve", "--broker", fixture.broker, "--hub", fixture.hub, "--port", "0"]
            try await HostProcess.running(Program.product("warren"), port) { server in
                let number = try #require(
                    server.output.firstMatch(of: /127\.0\.0\.1:(\d+)\/api/).flatMap { Int($0.output.1) })
                let http = RouteClient(port: number)
                let compatible = "/runtime/webhooks/durabletask/instances"
                #expect(try words(try await http.ask(.get, compatible).body) == Self.expected)
                let listed = try await http.ask(.get, "/api/v1/instances")
                let shown = try words(listed["instances"].map { Payload($0).json } ?? "")
                #expect(shown == Self.expected, "\(listed.body)")
                for (id, status) in Self.expected {
                    #expect(
                        table.split(separator: "\n").contains { $0.contains(id) && $0.contains(status) }, "\(table)")
                    #expect(counts?[status] == 1, "\(top)")
                    let found = try await warren(fixture, ["list", "--json", "--status", status.lowercased()])
                    #expect(try words(found.output) == [id: status], "\(found.errors)")
                    for word in [status, status.lowercased(), status.uppercased()] {
                        let old = try await http.ask(.get, "\(compatible)?runtimeStatus=\(word)").body
                        #expect(try words(old) == [id: status])
                        let new = try await http.ask(.get, "/api/v1/instances?status=\(word)")
                        #expect(new["instances"]?[0]?["runtimeStatus"]?.stringValue == status, "\(new.body)")
                        #expect(new["instances"]?[1] == nil)
                    }
                }
                let wrong = try await http.ask(.get, "/api/v1/instances?status=done")
                #expect(wrong.status == 400 && wrong.body.contains("Completed, Failed, Terminated"), "\(wrong.body)")
            }
            let wrong = try await warren(fixture, ["list", "--status", "done"])
            #expect(wrong.exitCode == 2 && wrong.errors.contains("Completed") && wrong.errors.contains("done"))
        }
    }
}
#endif
