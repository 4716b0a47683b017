#if HTTP
import Foundation
import Hummingbird
import Logging
import TestSupport
import Testing
import Warren
import WarrenClient
import WarrenTestKit

@testable import EventWorkflow

/// The event workflow sample as its callers see it. The names are the rows of the checklist.
@Suite("EventWorkflow sample", .timeLimit(.minutes(5)))
struct EventWorkflowTests {
    private func serving(_ body: @escaping @Sendable (Web, TestHub) async throws -> Void) async throws {
        try await withTaskHub { hub in
            Workflow.register(with: hub)
            // Somebody else's, which only `check` lists.
            hub.register(Orchestration<String, String>("Other")) { _, input in input }
            let router = Router()
            WorkflowRoutes(
                client: try await hub.client, now: { hub.now },
                logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
            ).add(to: router)
            try await Web.serving(router) { try await body($0, hub) }
        }
    }

    private func rows(_ value: JSONValue?) -> [JSONValue] {
        if case .array(let rows)? = value { rows } else { [] }
    }

    @Test("A1, A2 A start answers 200 with nothing; the workflow waits for its event and ends without an output")
    func start() async throws {
        try await serving { web, hub in
            let answer = try await web.get("/api/start/tea")
            #expect(answer.status == 200)
            #expect(answer.body == "")
            await hub.rest()
            let listed = try await hub.client.list(InstanceQuery(includeInput: true))
            let instance = try #require(listed.instances.first)
            #expect(instance.name == "Workflow")
            #expect(instance.input?.json == "\"tea\"")
            #expect(instance.runtimeStatus == .running)
            try await hub.client.raise(Workflow.stop, .null, to: instance.instanceID)
            await hub.rest()
            let ended = try #require(try await hub.client.status(of: instance.instanceID))
            #expect(ended.runtimeStatus == .completed)
            #expect((ended.output ?? .null).isNull)
            var lines = try await hub.client.console().makeAsyncIterator()
            #expect(try await lines.next()?.text == "Workflow tea starts.")
            #expect(try await lines.next()?.text == "Workflow tea stops.")
        }
    }

    @Test("A2 The same input twice is two instances")
    func startTwice() async throws {
        try await serving { web, hub in
            _ = try await web.get("/api/start/tea")
            _ = try await web.get("/api/start/tea")
            #expect(Set(try await hub.client.list().instances.map(\.instanceID)).count == 2)
        }
    }

    @Test("A3, A8 A check gives all instances of 20 minutes around now, and those of the input, statuses as text")
    func check() async throws {
        try await serving { web, hub in
            #expect(try await web.get("/api/check/tea").body == #"{"instances":[],"matchingInstances":[]}"#)
            _ = try await web.get("/api/start/tea")
            try await hub.advance(by: .minutes(15))
            _ = try await web.get("/api/start/green%20tea%2F%C3%BC")
            _ = try await hub.client.start(named: "Other", input: Payload(json: "\"tea\""))
            await hub.rest()
            let tea = try await web.get("/api/check/tea")
            #expect(tea.status == 200)
            #expect(rows(tea["instances"]).count == 3)
            #expect(rows(tea["matchingInstances"]).count == 1)
            let found = tea["matchingInstances"]?[0]
            #expect(found?["name"] == "Workflow")
            #expect(found?["runtimeStatus"] == "Running")
            #expect(found?["input"] == "tea")
            #expect(found?["createdTime"] == "2030-01-01T12:00:00Z")
            #expect(rows(try await web.get("/api/check/green%20tea%2F%C3%BC")["matchingInstances"]).count == 1)
            // A part of the input, another case, and the same ü written as two characters are other inputs.
            for other in ["te", "Tea", "green%20tea%2Fu%CC%88"] {
                #expect(rows(try await web.get("/api/check/\(other)")["matchingInstances"]).isEmpty, "\(other)")
            }
            try await hub.advance(by: .minutes(6))
            let later = try await web.get("/api/check/tea")
            #expect(rows(later["instances"]).count == 2)
            #expect(rows(later["matchingInstances"]).isEmpty)
        }
    }

    @Test("A4, A5, A7 A stop raises the event with the input and gives the instance; it soon has completed")
    func stop() async throws {
        try await serving { web, hub in
            _ = try await web.get("/api/start/tea")
            await hub.rest()
            let stopped = try await web.get("/api/stop/tea")
            #expect(stopped.status == 200)
            #expect(rows(stopped["instances"]).count == 1)
            #expect(stopped["matchingInstances"] == nil)
            await hub.rest()
            let check = try await web.get("/api/check/tea")
            #expect(check["matchingInstances"]?[0]?["runtimeStatus"] == "Completed")
            let id = try #require(check["matchingInstances"]?[0]?["instanceId"]?.stringValue)
            let history = try #require(try await hub.client.status(of: id, includeHistory: true)?.history)
            #expect(history.contains { $0.json.contains("\"EventRaised\"") && $0.json.contains("\"tea\"") })
        }
    }

    @Test("A4 A stop that matches nothing is 404 with all instances")
    func stopNothing() async throws {
        try await serving { web, hub in
            _ = try await web.get("/api/start/tea")
            let answer = try await web.get("/api/stop/coffee")
            #expect(answer.status == 404)
            #expect(rows(answer["instances"]).count == 1)
        }
    }

    @Test("A6 Of two with one input each stop ends one; a finished one is found, but never stands in the way")
    func stopTwo() async throws {
        try await serving { web, hub in
            _ = try await web.get("/api/start/tea")
            _ = try await web.get("/api/start/tea")
            for running in [1, 0] {
                #expect(try await web.get("/api/stop/tea").status == 200)
                await hub.rest()
                let matching = rows(try await web.get("/api/check/tea")["matchingInstances"])
                #expect(matching.count { $0["runtimeStatus"] == "Running" } == running)
            }
            let again = try await web.get("/api/stop/tea")
            #expect(again.status == 200)
            #expect(again["instances"]?[0]?["runtimeStatus"] == "Completed")
        }
    }

    @Test("A path that is no text is 400")
    func badPath() async throws {
        try await serving { web, _ async throws in
            for path in ["/api/start/%", "/api/check/%ff", "/api/stop/%zz"] {
                #expect(try await web.get(path).status == 400, "\(path)")
            }
            #expect(try await web.get("/api/start").status == 404)
            #expect(try await web.post("/api/start/tea").status == 404)
        }
    }
}
#endif
