#if HTTP
import Foundation
import Hummingbird
import Synchronization
import TestSupport
import Testing
import Warren
import WarrenClient
import WarrenManagement
import WarrenTestKit

@testable import Approval

/// The approval sample as its callers see it. The names are the rows of the checklist.
@Suite("Approval sample", .timeLimit(.minutes(5)))
struct ApprovalTests {
    private static let approved = "Your project design proposal has been -  Approved!"
    private static let rejected = "Your project design proposal has been -  Rejected!"
    private static let escalated =
        "ESCALATION : You have not approved the project design proposal - reassigning to your Manager! "
        + "Head of department!"

    private func serving(_ body: @escaping @Sendable (Web, TestHub) async throws -> Void) async throws {
        for replays in [false, true] {
            try await withTaskHub(TestHubOptions(replaysEveryEpisode: replays)) { hub in
                registerProposals(with: hub)
                let router = Router()
                ManagementRoutes(client: try await hub.client, options: ApprovalCommand.routes).add(to: router)
                try await Web.serving(router) { try await body($0, hub) }
            }
        }
    }

    @Test("B1 GET and POST start an orchestration and answer 202 with its ID and URLs")
    func start() async throws {
        try await serving { web, hub in
            for name in ["OrchFunction", "OrchFunctionV1", "Reminder", "TryGetQuote"] {
                for answer in [
                    try await web.get("/api/orchestrators/\(name)?code=1"),
                    try await web.post("/api/orchestrators/\(name)?code=1"),
                ] {
                    #expect(answer.status == 202)
                    for key in [
                        "id", "statusQueryGetUri", "sendEventPostUri", "terminatePostUri", "rewindPostUri",
                        "purgeHistoryDeleteUri",
                    ] { #expect(answer[key]?.stringValue?.isEmpty == false, "\(key)") }
                }
            }
            await hub.rest()
        }
    }

    @Test("B2, B3 The first version completes with two texts; its status has eight members")
    func firstVersion() async throws {
        try await serving { web, hub in
            let started = try await web.post("/api/orchestrators/OrchFunctionV1")
            await hub.rest()
            let status = try await web.get(try #require(started["statusQueryGetUri"]?.stringValue))
            #expect(status.status == 200)
            guard case .object(let members) = try status.json else {
                Issue.record("no object: \(status.body)")
                return
            }
            #expect(members.count == 8)
            #expect(members["name"] == "OrchFunctionV1")
            #expect(members["runtimeStatus"] == "Completed")
            #expect(members["input"] == JSONValue.null)
            #expect(members["customStatus"] == JSONValue.null)
            #expect(members["output"] == [.string(Self.approved), .string(Self.rejected)])
            for key in ["createdTime", "lastUpdatedTime"] {
                #expect(members[key] == "2030-01-01T12:00:00Z")
            }
        }
    }

    @Test("B4, B5 Nobody decides: it runs for 20 seconds and is escalated then")
    func escalation() async throws {
        try await serving { web, hub in
            let started = try await web.post("/api/orchestrators/OrchFunction")
            let url = try #require(started["statusQueryGetUri"]?.stringValue)
            try await hub.advance(by: .seconds(19))
            let running = try await web.get(url)
            #expect(running.status == 202)
            #expect(running["runtimeStatus"] == "Running")
            #expect(running["output"] == JSONValue.null)
            try await hub.advance(by: .seconds(1))
            await hub.rest()
            let done = try await web.get(url)
            #expect(done.status == 200)
            #expect(done["output"] == [.string(Self.escalated)])
            #expect(done["lastUpdatedTime"] == "2030-01-01T12:00:20Z")
        }
    }

    @Test(
        "B5, B6 The event approves at once, whatever it says; after the end it is 410",
        arguments: ["true", "false", "{}"])
    func event(body: String) async throws {
        try await serving { web, hub in
            let started = try await web.post("/api/orchestrators/OrchFunction")
            let template = try #require(started["sendEventPostUri"]?.stringValue)
            let url = template.replacing("{eventName}", with: "Approval")
            await hub.rest()
            #expect(try await web.post(url, body).status == 202)
            await hub.rest()
            let status = try await web.get(try #require(started["statusQueryGetUri"]?.stringValue))
            #expect(status.status == 200)
            #expect(status["output"] == [.string(Self.approved)])
            // The clock has not moved: nothing waited for the timer.
            #expect(status["lastUpdatedTime"] == "2030-01-01T12:00:00Z")
            #expect(try await web.post(url, body).status == 410)
        }
    }

    @Test("An approval is terminated with a reason, and purged, by the URLs of its start")
    func terminateAndPurge() async throws {
        try await serving { web, hub in
            let started = try await web.post("/api/orchestrators/OrchFunction")
            let terminate = try #require(started["terminatePostUri"]?.stringValue)
            let status = try #require(started["statusQueryGetUri"]?.stringValue)
            let purge = try #require(started["purgeHistoryDeleteUri"]?.stringValue)
            #expect(try await web.delete(purge).status == 412)
            #expect(try await web.post(terminate.replacing("{text}", with: "withdrawn")).status == 202)
            await hub.rest()
            #expect(try await web.get(status)["output"] == "withdrawn")
            #expect(try await web.delete(purge)["instancesDeleted"] == 1)
            #expect(try await web.get(status).status == 404)
        }
    }

    @Test("B7 Ten reminders, a day apart")
    func reminder() async throws {
        for replays in [false, true] {
            try await withTaskHub(TestHubOptions(replaysEveryEpisode: replays)) { hub in
                let sent = Mutex<[Date]>([])
                hub.register(Proposals.reminder, body: Approval.reminder)
                hub.register(Proposals.sendReminder) { sent.withLock { $0.append(hub.now) } }
                let began = hub.now
                let instance = try await hub.client.start(Proposals.reminder, ())
                try await hub.result(of: instance)
                #expect(sent.withLock { $0 } == (1...10).map { began.addingTimeInterval(Double($0) * 86_400) })
            }
        }
    }

    @Test("B8 A quote in time is true, and the timer is taken back")
    func quoteInTime() async throws {
        try await serving { web, hub in
            let answer = try await web.post("/api/orchestrators/TryGetQuote?timeout=20")
            #expect(answer.status == 200)
            #expect(try answer.json == true)
            #expect(hub.now == Date(timeIntervalSince1970: 1_893_499_200))
            let id = try #require(try await hub.client.list().instances.first).instanceID
            let history = try #require(try await hub.client.status(of: id, includeHistory: true)?.history)
            let timer = try #require(history.first { $0.json.contains("\"TimerCreated\"") }).json
            #expect(timer.contains("2030-01-01T12:00:30"), "\(timer)")
        }
    }

    @Test("B8 A late quote is false, and the activity that lost does not keep the instance open")
    func lateQuote() {
        let functions = FunctionRegistry()
        registerProposals(with: Registrar(functions: functions))
        let noon = Timestamp(microseconds: 1_893_499_200_000_000)
        let facts = ExecutionStarted(name: "TryGetQuote", instanceID: "q", executionID: "e", input: .null)
        let late: [HistoryEvent] = [
            .orchestratorStarted(noon), .executionStarted(facts),
            .taskScheduled(id: 0, name: "GetQuote", input: .null),
            .timerCreated(id: 1, fireAt: noon.advanced(by: .seconds(30))),
            .orchestratorStarted(noon.advanced(by: .seconds(30))), .timerFired(id: 1),
        ]
        let quote: [HistoryEvent] = [
            .orchestratorStarted(noon.advanced(by: .seconds(50))),
            .taskCompleted(id: 0, result: Payload(json: "\"42.00\"")),
        ]
        func end(_ output: String) -> [HistoryEvent] {
            [.executionCompleted(.completed, output: Payload(json: output), failure: nil)]
        }
        let tester = ReplayTester(functions: functions)
        #expect(tester.fault(in: late + [.taskCanceled(id: 0)] + end("false")) == nil)
        #expect(tester.fault(in: late + [.taskCanceled(id: 0)] + end("true")) != nil)
        // Versions without cancellation waited for the activity: their histories are replayed all the same.
        #expect(tester.fault(in: late + quote + end("false")) == nil)
        #expect(tester.fault(in: late + quote + end("true")) != nil)
    }

    private struct Registrar: FunctionRegistrar {
        let functions: FunctionRegistry
    }
}
#endif
