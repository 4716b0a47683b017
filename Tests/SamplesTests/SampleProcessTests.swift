#if HTTP
import Foundation
import Hummingbird
import TestSupport
import Testing
import Warren
import WarrenClient

@testable import Approval
@testable import EventWorkflow

/// The samples as they are run: processes over a real broker, steered by HTTP and by AMQP.
@Suite(
    "Samples as processes", .timeLimit(.minutes(5)),
    .enabled(if: TestBroker.isAvailable, TestBroker.remedy))
struct SampleProcessTests {
    private func withHub(_ body: (HostFixture, TaskHubClient) async throws -> Void) async throws {
        try await HostFixture.run(activities: activityNames { registerProposals(with: $0) }) { fixture in
            try await fixture.withClient { try await body(fixture, $0) }
        }
    }

    @Test("An approval is started over HTTP, survives kill -9, and is approved over AMQP")
    func approval() async throws {
        try await withHub { fixture, client in
            try await SampleProcess.running("approval", in: fixture, end: .killed) { sample in
                let started = try await sample.ask(.post, "/api/orchestrators/OrchFunction/p-1")
                #expect(started.status == 202)
                #expect(
                    started["statusQueryGetUri"]?.stringValue?.hasPrefix("http://127.0.0.1:\(sample.port)/") == true)
            }
            try await SampleProcess.running("approval", in: fixture) { sample in
                let path = "/runtime/webhooks/durabletask/instances/p-1"
                #expect(try await sample.ask(.get, path).status == 202)
                #expect(try await sample.ask(.delete, path).status == 412)
                try await client.raise(Proposals.approved, .bool(true), to: "p-1")
                _ = try await client.wait(for: "p-1")
                let done = try await sample.ask(.get, path)
                #expect(done.status == 200)
                #expect(done["output"] == ["Your project design proposal has been -  Approved!"])
                #expect(try await sample.ask(.delete, path).status == 200)
                #expect(try await sample.ask(.get, path).status == 404)
            }
        }
    }

    @Test("A host serves health and metrics on a port of its own, as its ready line says")
    func health() async throws {
        try await withHub { fixture, client in
            let arguments = fixture.hostArguments + ["--http-port", "0", "--health-port", "0"]
            try await HostProcess.running(Program.product("approval"), arguments) { host in
                let form = /http:\/\/127.0.0.1:[0-9]+, health http:\/\/127.0.0.1:([0-9]+)/
                let port = try #require(host.output.firstMatch(of: form)?.1, "\(host.output)")
                let http = RouteClient(port: try #require(Int(port)))
                let ready = try await http.ask(.get, "/health/ready")
                #expect(ready.status == 200 && ready["status"] == "ready", "\(ready.body)")
                _ = try await client.start(named: "OrchFunction", input: .null, id: "measured")
                try await untilSeen("an episode") {
                    let metrics = try await http.ask(.get, "/metrics").body
                    return metrics.contains(
                        #"warren_episodes_total{hub="\#(fixture.hub)",orchestration="OrchFunction",source="new"} 1"#)
                }
                // The sample's own client is measured as well.
                #expect(
                    try await http.ask(.get, "/metrics").body.contains(
                        #"warren_amqp_connections{owner="client",connection="publish"} 1"#))
                #expect(try await http.ask(.get, "/api/orchestrators/OrchFunction").status == 404)
            }
        }
    }

    @Test("A host takes its configuration from a file, and a wrong one ends it before it begins")
    func configurationFile() async throws {
        try await withHub { fixture, client in
            let file = fixture.data.appendingPathExtension("yaml")
            let text = """
                hub: \(fixture.hub)
                partitionCount: 2
                broker: {url: "\(fixture.broker)"}
                storage: {directory: "\(fixture.data.path)"}
                log: {level: error}
                health: {port: 0}
                """
            try Data(text.utf8).write(to: file)
            defer { try? FileManager.default.removeItem(at: file) }
            let arguments = ["--config", file.path, "--http-port", "0"]
            try await HostProcess.running(Program.product("approval"), arguments) { host in
                #expect(
                    host.output.contains("hub \(fixture.hub), ") && host.output.contains("health http://127.0.0.1:"))
                _ = try await client.start(named: "OrchFunction", input: .null, id: "configured")
                #expect(try await client.status(of: "configured") != nil)
            }
            let wrong = try await Program.run(
                Program.product("approval"), arguments + ["--set", "leases.durration=1m", "--partitions", "0"])
            #expect(wrong.exitCode == 64 && wrong.output == "", "\(wrong.errors)")
            #expect(wrong.errors.contains("leases.durration: there is no such key. Did you mean leases.duration?"))
            #expect(wrong.errors.contains("--partitions: partitionCount: '0' is out of range; it must be 1 to 99."))
        }
    }

    @Test("An event workflow is started over AMQP, and checked and stopped over HTTP")
    func eventWorkflow() async throws {
        try await withHub { fixture, client in
            try await SampleProcess.running("event-workflow", in: fixture) { sample in
                let instance = try await client.start(Workflow.orchestration, "tea")
                let check = try await sample.ask(.get, "/api/check/tea")
                #expect(check["matchingInstances"]?[0]?["instanceId"] == .string(instance.id))
                #expect(try await sample.ask(.get, "/api/stop/tea").status == 200)
                #expect(try await client.wait(for: instance.id).runtimeStatus == .completed)
            }
        }
    }
}
#endif
