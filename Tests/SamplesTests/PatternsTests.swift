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

@testable import Patterns

/// The application patterns, in virtual time: once with warm instances, and once with every step a replay. The letters
/// name the rows of the checklist that the sample follows.
@Suite("Patterns sample", .timeLimit(.minutes(5)))
struct PatternsTests {
    static let modes = [false, true]

    private func hub(_ replays: Bool, _ body: (TestHub) async throws -> Void) async throws {
        try await withTaskHub(TestHubOptions(replaysEveryEpisode: replays)) { hub in
            registerPatterns(with: hub, jobs: "/nowhere")
            try await body(hub)
        }
    }

    @Test("E1 A function is started over HTTP by its name, with the body as its input, and its ID is logged")
    func http() async throws {
        for method in [HTTPRequest.Method.get, .post] {
            let log = LogRecorder()
            try await hub(false) { hub in
                let router = Router()
                ManagementRoutes(client: try await hub.client, options: PatternsCommand.routes, logger: log.logger)
                    .add(to: router)
                let started = try await RouteClient.serving(router) {
                    try await $0.ask(method, "/api/orchestrators/HelloCities", #"["Rome"]"#)
                }
                #expect(started.status == 202)
                let id = try #require(started["id"]?.stringValue)
                let instance = try await hub.client.instance(of: Patterns.helloCities, id: id)
                #expect(try await hub.result(of: instance) == ["Hello Rome!"])
                #expect(log.all == ["info: Started orchestration with ID = '\(id)'.", "info: Command"])
            }
        }
    }

    @Test("E2 Three cities are greeted in order", arguments: modes)
    func helloCities(replays: Bool) async throws {
        try await hub(replays) { hub in
            let instance = try await hub.client.start(Patterns.helloCities, nil)
            #expect(try await hub.result(of: instance) == ["Hello Tokyo!", "Hello Seattle!", "Hello London!"])
        }
    }

    @Test("A cart is filled by updates and looked into by queries, and refuses what does not fit", arguments: modes)
    func cart(replays: Bool) async throws {
        try await hub(replays) { hub in
            let client = try await hub.client
            let cart = try await client.start(Patterns.cart, ())
            await #expect(throws: ClientError.self) { try await cart.update(Patterns.checkOut) }
            #expect(try await cart.update(Patterns.addItem, "tea") == 1)
            #expect(try await cart.update(Patterns.addItem, "milk") == 2)
            #expect(try await cart.query(Patterns.cartItems) == ["tea", "milk"])
            #expect(try await cart.status()?.tags == ["state": "open"])
            try await cart.update(Patterns.checkOut)
            #expect(try await hub.result(of: cart) == ["tea", "milk"])
            #expect(try await cart.query(Patterns.cartItems) == ["tea", "milk"])
            #expect(try await cart.status()?.tags == ["state": "checked out"])
        }
    }

    @Test("The entity Counter adds, gets and resets, and visits at the same time are all counted", arguments: modes)
    func counterEntity(replays: Bool) async throws {
        try await hub(replays) { hub in
            let client = try await hub.client
            var visits: [OrchestrationInstance<Int>] = []
            for _ in 0..<5 { visits.append(try await client.start(Patterns.countVisit, "home")) }
            var counts: [Int] = []
            for visit in visits { counts.append(try await hub.result(of: visit)) }
            #expect(counts.sorted() == [1, 2, 3, 4, 5])
            try await client.signal(Patterns.addToCounter, 10, on: "home")
            await hub.rest()
            #expect(try await client.state(of: Patterns.counterEntity, "home") == 15)
            try await client.signal(Patterns.resetCounter, on: "home")
            await hub.rest()
            #expect(try await client.state(of: Patterns.counterEntity, "home") == 0)
        }
    }

    @Test("E3 The orchestrator is entered again after each activity, and each activity runs once")
    func replay() async throws {
        let entered = Mutex(0)
        let greeted = Mutex<[String]>([])
        try await hub(true) { hub in
            hub.replace(Patterns.helloCities) { context, cities in
                entered.withLock { $0 += 1 }
                return try await greetCities(context, cities)
            }
            hub.replace(Patterns.sayHello) { city in
                greeted.withLock { $0.append(city) }
                return "Hello \(city)!"
            }
            _ = try await hub.result(of: hub.client.start(Patterns.helloCities, nil))
        }
        #expect(entered.withLock { $0 } == 4)
        #expect(greeted.withLock { $0 } == ["Tokyo", "Seattle", "London"])
    }

    @Test("F1 Two calls, one after the other", arguments: modes)
    func sayHelloTwice(replays: Bool) async throws {
        try await hub(replays) { hub in
            let instance = try await hub.client.start(Patterns.sayHelloTwice, ())
            #expect(try await hub.result(of: instance) == ["Hello Seattle!", "Hello Amsterdam!"])
        }
    }

    @Test("F2 The history of one activity, in the order in which it is recorded", arguments: modes)
    func history(replays: Bool) async throws {
        try await hub(replays) { hub in
            let instance = try await hub.client.start(Patterns.helloCities, ["Tokyo"])
            _ = try await hub.result(of: instance)
            let history = try #require(try await instance.status(includeHistory: true)?.history).map(JSONValue.init)
            #expect(
                history.map { $0["type"] } == [
                    "OrchestratorStarted", "ExecutionStarted", "TaskScheduled", "OrchestratorStarted", "TaskCompleted",
                    "ExecutionCompleted",
                ])
            try #require(history.count == 6)
            #expect(history[1]["name"] == "HelloCities" && history[1]["input"] == ["Tokyo"])
            #expect(history[2]["name"] == "SayHello" && history[2]["input"] == "Tokyo")
            #expect(history[4]["id"] == history[2]["id"] && history[4]["result"] == "Hello Tokyo!")
            #expect(history[5]["status"] == "Completed" && history[5]["output"] == ["Hello Tokyo!"])
        }
    }

    @Test("F3 Each output is the next input", arguments: modes)
    func chain(replays: Bool) async throws {
        try await hub(replays) { hub in
            let instance = try await hub.client.start(Patterns.chain, ChainLink(value: "x"))
            #expect(try await hub.result(of: instance) == "F4(F3(F2(F1(x))))")
        }
    }

    @Test(
        "F3 Whichever fails, one block undoes what was done",
        arguments: modes, [("F1", "x"), ("F2", "F1(x)"), ("F3", "F2(F1(x))"), ("F4", "F3(F2(F1(x)))")])
    func compensation(replays: Bool, failure: (function: String, done: String)) async throws {
        try await hub(replays) { hub in
            let instance = try await hub.client.start(
                Patterns.chain, ChainLink(value: "x", failAt: failure.function))
            #expect(try await hub.result(of: instance) == "undone: \(failure.done)")
        }
    }

    @Test("F4 As many activities as there is work, all at the same time, and one for their sum", arguments: modes)
    func fanOut(replays: Bool) async throws {
        // Each waits until all have begun: if they did not run in parallel, none would end.
        let gathering = Gathering(20)
        try await hub(replays) { hub in
            hub.replace(Patterns.square) { number in
                try await gathering.arrive()
                return number * number
            }
            let instance = try await hub.client.start(Patterns.fanOutFanIn, 20)
            #expect(try await hub.result(of: instance) == "The sum is 2870.")
            let empty = try await hub.client.start(Patterns.fanOutFanIn, 0)
            #expect(try await hub.result(of: empty) == "The sum is 0.")
        }
    }

    @Test("F4 Squares of a list and of a number are added", arguments: modes)
    func sumOfSquares(replays: Bool) async throws {
        try await hub(replays) { hub in
            let instance = try await hub.client.start(Patterns.sumOfSquares, Numbers([3, 4]))
            #expect(try await hub.result(of: instance) == 25)
        }
    }

    @Test("F5 A decision within 72 hours is handled at once, whatever it is", arguments: modes, [true, false])
    func decision(replays: Bool, isApproved: Bool) async throws {
        try await hub(replays) { hub in
            let client = try await hub.client
            let instance = try await client.start(Patterns.approvalWorkflow, "the plan", id: "plan")
            try await hub.advance(by: .hours(71))
            #expect(try await instance.status()?.customStatus?.json == #""approval of the plan is asked for""#)
            let asked = hub.now
            try await client.raise(Patterns.approvalEvent, isApproved, to: "plan")
            #expect(try await hub.result(of: instance) == (isApproved ? "Approved" : "Rejected"))
            // The timer was given up: nothing waited for it.
            #expect(hub.now == asked)
        }
    }

    @Test("F5 Without a decision it is escalated after 72 hours, and not before", arguments: modes)
    func escalation(replays: Bool) async throws {
        try await hub(replays) { hub in
            let began = hub.now
            let instance = try await hub.client.start(Patterns.approvalWorkflow, nil)
            try await hub.advance(by: .hours(72) - .seconds(1))
            #expect(try await instance.status()?.runtimeStatus == .running)
            #expect(try await hub.result(of: instance).hasPrefix("ESCALATION : "))
            #expect(hub.now.timeIntervalSince(began) == 72 * 3600)
        }
    }

    @Test("An approval within 20 seconds", arguments: modes)
    func approval(replays: Bool) async throws {
        try await hub(replays) { hub in
            let client = try await hub.client
            let instance = try await client.start(Patterns.approval, nil, id: "leave")
            try await hub.advance(by: .seconds(19))
            try await client.raise(Patterns.approvalGiven, nil, to: "leave")
            #expect(
                try await hub.result(of: instance) == ["Your project design proposal has been -  Approved!"])
        }
    }

    @Test("F6 Each new device is an orchestration of its own, and the parent ends with the last", arguments: modes)
    func devices(replays: Bool) async throws {
        try await hub(replays) { hub in
            let client = try await hub.client
            let instance = try await client.start(Patterns.provisionNewDevices, 4)
            #expect(
                try await hub.result(of: instance) == (1...4).map { "device-\($0) registered and ready" })
            let children = try await client.list(InstanceQuery(name: "DeviceProvisioningOrchestration"))
            #expect(children.instances.count == 4)
            #expect(children.instances.allSatisfy { $0.runtimeStatus == .completed })
        }
    }

    @Test("F6 One device that cannot be provisioned fails the whole, after the others are done", arguments: modes)
    func brokenDevice(replays: Bool) async throws {
        try await hub(replays) { hub in
            hub.replace(Patterns.createDevice) { id in
                if id == "device-2" { throw ChainBroken(function: id) }
                return id
            }
            let client = try await hub.client
            let instance = try await client.start(Patterns.provisionNewDevices, 3)
            await #expect(throws: OrchestrationFailure.self) { try await hub.result(of: instance) }
            let children = try await client.list(InstanceQuery(name: "DeviceProvisioningOrchestration"))
            let statuses = children.instances.map(\.runtimeStatus.rawValue).sorted()
            #expect(statuses == ["Completed", "Completed", "Failed"])
        }
    }

    @Test("F7 Links are resolved in batches, and come back in order", arguments: modes)
    func links(replays: Bool) async throws {
        try await hub(replays) { hub in
            let instance = try await hub.client.start(Patterns.resolveLinks, LinkSearch(links: 25, batch: 10))
            let resolved = try await hub.result(of: instance)
            #expect(resolved.map(\.id) == Array(1...25))
            #expect(resolved.last?.resolvedLink == "https://www.example.com/articles/25")
            let history = try #require(try await instance.status(includeHistory: true)?.history).map(JSONValue.init)
            let batches = history.filter { $0["name"] == "LinkResolving_ResolveLinkBatch" }
            #expect(batches.count == 3)
        }
    }

    @Test("A monitor looks until the job is done, or the time is up", arguments: modes)
    func monitor(replays: Bool) async throws {
        let looks = Mutex(0)
        try await hub(replays) { hub in
            hub.replace(Patterns.checkJob) { job in
                looks.withLock {
                    $0 += 1
                    return job == "backup" && $0 == 3
                }
            }
            let done = try await hub.result(of: hub.client.start(Patterns.monitorJob, JobWatch(job: "backup")))
            #expect(done.isDone && done.looks == 3)
            let began = hub.now
            let never = try await hub.result(
                of: hub.client.start(Patterns.monitorJob, JobWatch(job: "never", everySeconds: 60, forSeconds: 600)))
            #expect(!never.isDone && never.looks == 11)
            #expect(hub.now.timeIntervalSince(began) == 600)
        }
    }

    @Test("A copy that broke down goes on at the row of its last heartbeat", arguments: modes)
    func copyTable(replays: Bool) async throws {
        try await hub(replays) { hub in
            let client = try await hub.client
            let whole = try await client.start(Patterns.copyTable, CopyJob(rows: 7))
            #expect(try await hub.result(of: whole) == "7 of 7 rows in the last run")
            let broken = try await client.start(Patterns.copyTable, CopyJob(rows: 7, breaksAt: 4))
            #expect(try await hub.result(of: broken) == "3 of 7 rows in the last run")
        }
    }

    @Test("Of several sellers the first answers, and the others are called off", arguments: modes)
    func quickestQuote(replays: Bool) async throws {
        try await hub(replays) { hub in
            let asked = Watched<[String: Bool]>([:])
            hub.replace(Patterns.askForQuote) { seller, context in
                if seller == "Ann" { return "Ann: 1" }
                let (waiting, end) = AsyncStream<Void>.makeStream()
                await withTaskCancellationHandler {
                    for await _ in waiting {}
                } onCancel: {
                    end.finish()
                }
                asked.change { $0[seller] = context.isCanceled }
                throw CancellationError()
            }
            let instance = try await hub.client.start(Patterns.quickestQuote, ["Bob", "Ann", "Cid"])
            #expect(try await hub.result(of: instance) == "Ann: 1")
            // A call that is given up before it begins does not begin.
            let all = try await asked.wait(for: "the others to be called off") { $0.count == 2 ? $0 : nil }
            #expect(all == ["Bob": true, "Cid": true])
        }
    }

    @Test("Reports of two customers are rendered four at a time, and each customer gets its turn", arguments: modes)
    func renderReport(replays: Bool) async throws {
        try await hub(replays) { hub in
            let client = try await hub.client
            let all = try await withThrowingTaskGroup(of: String.self) { group in
                for number in 0..<12 {
                    let request = ReportRequest(customer: number < 10 ? "large" : "small", month: "\(number)")
                    group.addTask { try await hub.result(of: client.start(Patterns.renderReport, request)) }
                }
                return try await group.reduce(into: Set<String>()) { $0.insert($1) }
            }
            #expect(all.count == 12 && all.contains("11 of small"))
            let limited = try #require(try await client.limits().first)
            #expect(limited.activity == "Render" && limited.limits?.concurrency == 4)
        }
    }

    @Test("An eternal counter counts time until it is stopped", arguments: modes)
    func counter(replays: Bool) async throws {
        try await hub(replays) { hub in
            let client = try await hub.client
            let instance = try await client.start(Patterns.counter, nil, id: "counter")
            try await hub.advance(by: .seconds(1000))
            try await client.raise(Patterns.stop, "enough", to: "counter")
            #expect(try await hub.result(of: instance) == 1000)
        }
    }

    @Test(
        "An eternal aggregator misses no event, however fast they come, and keeps its history short", arguments: modes)
    func aggregator(replays: Bool) async throws {
        try await hub(replays) { hub in
            let client = try await hub.client
            let instance = try await client.start(Patterns.aggregator, 1000, id: "total")
            // Suspended, so that all of them wait at once: all but the first go through several generations.
            try await client.suspend("total")
            for number in 1...100 { try await client.raise(Patterns.add, number, to: "total") }
            try await client.resume("total")
            await hub.rest()
            let status = try #require(try await instance.status(includeHistory: true))
            #expect(status.customStatus?.json == "6050")
            #expect(status.runtimeStatus == .running)
            #expect(status.history?.count ?? 0 < 10)
            try await client.raise(Patterns.add, -50, to: "total")
            try await client.raise(Patterns.stop, nil, to: "total")
            #expect(try await hub.result(of: instance) == 6000)
        }
    }
}

/// The sample's own body, which in the suite is hidden by the test of the same name.
private let greetCities: Orchestration<[String]?, [String]>.Body = { try await helloCities($0, $1) }

/// Lets nobody go before all have arrived.
private final class Gathering: Sendable {
    private let arrived = Watched(0)
    private let count: Int

    init(_ count: Int) { self.count = count }

    func arrive() async throws {
        arrived.change { $0 += 1 }
        try await arrived.wait(for: "\(count) to arrive") { $0 >= count ? () : nil }
    }
}
#endif
