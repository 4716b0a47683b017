#if HTTP
import AMQPMessages
import Foundation
import Hummingbird
import Logging
import TestSupport
import Testing
import Warren
import WarrenClient
import WarrenHost
import WarrenManagement
import WarrenMessaging

/// A hub with something of everything that the dashboard shows, and servers over it.
struct DashboardHub: Sendable {
    let client: TaskHubClient
    let hub: String

    private static let markup = #"<script>alert('custom')</script>"#
    /// Instance IDs that are markup; `look_in_browser.py` looks for the same.
    private static let hostile = [
        "<img src=x onerror=alert(1)>", "\"'><svg onload=alert(2)>", "javascript:alert(3)", "Zoë & Søn 🐉 %2F",
    ]

    private static var quiet: Logger { Logger(label: "test") { _ in SwiftLogNoOpLogHandler() } }

    /// Runs a host inside the process, and fills its hub.
    static func running(_ body: @escaping @Sendable (DashboardHub) async throws -> Void) async throws {
        let transport = InProcessTransport()
        var configuration = HostConfiguration(hub: "shop", partitionCount: 2)
        configuration.reports.lifecycle = .everything
        configuration.activities.foreign = ["PrintLabel"]
        var environment = HostEnvironment.production(for: configuration)
        environment.transport = { _, _ in transport }
        environment.ownsTransport = false
        let host = try TaskHubHost(configuration, environment: environment, logger: quiet)
        register(with: host)
        let running = Task { try await host.run() }
        try await withCleanUp {
            #expect(await host.isReady)
            let client = try await TaskHubClient(hub: "shop", transport: transport, logger: quiet)
            try await withCleanUp {
                let hub = DashboardHub(client: client, hub: "shop")
                try await hub.fill(over: transport)
                try await body(hub)
            } afterwards: {
                await client.close()
            }
        } afterwards: {
            running.cancel()
            _ = await running.result
            await transport.shutdown()
        }
    }

    /// Runs a host of a hub of its own on the real broker, with nothing in it.
    static func onBroker(_ body: @escaping @Sendable (DashboardHub) async throws -> Void) async throws {
        let name = "test-" + UUID().uuidString.prefix(8).lowercased()
        var configuration = HostConfiguration(hub: name, broker: try TestBroker.requireURL(), partitionCount: 2)
        configuration.reports.lifecycle = .everything
        configuration.activities.foreign = ["PrintLabel"]
        let host = try TaskHubHost(configuration, logger: quiet)
        register(with: host)
        try await withCleanUp {
            let running = Task { try await host.run() }
            try await withCleanUp {
                #expect(await host.isReady)
                let client = try await TaskHubClient.connect(broker: TestBroker.requireURL(), hub: name)
                try await withCleanUp {
                    try await body(DashboardHub(client: client, hub: name))
                } afterwards: {
                    await client.close()
                }
            } afterwards: {
                running.cancel()
                _ = await running.result
            }
        } afterwards: {
            try await TestBroker.remove(
                TaskHubName(name), partitions: 2, activities: host.functions.activityNames + ["PrintLabel"])
        }
    }

    /// Serves the hub on a free port for as long as the body runs.
    func serving(_ options: ManagementOptions, _ body: @escaping @Sendable (String) async throws -> Void) async throws {
        let (addresses, continuation) = AsyncStream<String>.makeStream()
        var configuration = ManagementServer.Configuration()
        configuration.port = 0
        configuration.options = options
        configuration.onListening = { continuation.yield($0) }
        let server = ManagementServer(client: client, configuration: configuration, logger: Self.quiet)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                defer { continuation.finish() }
                try await server.run()
            }
            let address = await addresses.first { _ in true }
            try await body(try #require(address, "The server ended before it listened."))
            group.cancelAll()
        }
    }

    // MARK: - What runs

    /// An entity of the dashboard's hub.
    private enum Stock {
        static let counter = Entity("Counter", initial: 0)
        static let add = counter.operation("add", Int.self, returning: Int.self)
    }

    private static func register(with host: TaskHubHost) {
        let reserve = Activity<JSONValue, Int>("ReserveStock")
        let charge = Activity<JSONValue, String>("ChargeCard")
        let label = Activity<Void, String>("PrintLabel")
        let ship = Orchestration<Void, String>("ShipParcel")
        let attempts = Attempts()
        host.register(reserve) { _ in 3 }
        host.register(charge) { _ in
            if await attempts.next() < 3 { throw FailureDetails(type: "GatewayError", message: "503 from <gateway>") }
            return "charged"
        }
        host.register(ship) { _ in "P-17" }
        host.register(Orchestration<JSONValue, String>("OrderFulfilment")) { context, order in
            _ = try await context.call(reserve, order)
            _ = try await context.call(
                charge, order, retry: RetryPolicy(maxAttempts: 3, firstInterval: .milliseconds(20)))
            return try await context.call(ship)
        }
        host.register(Orchestration<Void, Void>("StockTaking")) { context in
            _ = try await context.all((0..<300).map { _ in context.start(reserve, .null) })
        }
        host.register(Orchestration<Void, String>("NightlyReport")) { context in try await context.call(label) }
        host.register(Orchestration<Void, Void>("Invoice")) { context in
            context.print("<u>printed</u> by \(context.instanceID)")
        }
        host.register(Orchestration<JSONValue, JSONValue>("LeaveApproval")) { context, _ in
            try context.setCustomStatus(markup)
            let approval = context.startWaiting(for: ExternalEvent<JSONValue>("Approval"))
            let withdrawal = context.startWaiting(for: ExternalEvent<JSONValue>("Withdrawn"))
            let isApproved = try await context.any(approval, withdrawal) == approval
            return try await isApproved ? approval.value : withdrawal.value
        }
        host.register(Stock.add) { count, number, _ in
            count += number
            return count
        }
        host.register(Orchestration<Void, Void>("Stocktaker")) { context in
            try await context.withLock(on: Stock.counter["held"]) {
                _ = try await context.wait(for: ExternalEvent<Void>("Release"))
            }
        }
        host.register(Orchestration<Void, Int>("Buyer")) { context in try await context.call(Stock.add, 2, on: "held") }
        host.register(Orchestration<Void, Int>("Conversation")) { context in
            var count = 1
            while try await context.wait(for: ExternalEvent<String>("Say")) != "bye" { count += 1 }
            return count
        }
        host.register(Orchestration<Void, Void>("Refund")) { _ in
            throw FailureDetails(
                type: "PaymentDeclined", message: "The bank <b>declined</b> it.",
                inner: [
                    FailureDetails(
                        type: "CardExpired", message: "11/26",
                        inner: [FailureDetails(type: "GatewayError", message: "503", stack: "Gateway.swift:12")])
                ])
        }
    }

    /// Counts the attempts at the one activity that fails at first.
    private actor Attempts {
        private var count = 0

        func next() -> Int {
            count += 1
            return count
        }
    }

    // MARK: - What there is

    private func fillSchedules(_ input: Payload) async throws {
        let schedules = client.schedules
        try await schedules.create(
            "nightly", Schedule(named: "Invoice", .cron("30 2 * * mon-fri", timeZone: "Europe/Berlin"), overlap: .queue)
        )
        try await schedules.create("refunds", Schedule(named: "Refund", .every(.hours(1)), catchUp: .all(atMost: 7)))
        try await schedules.create("asleep", Schedule(named: "Invoice", .cron("@monthly"), isPaused: true))
        try await schedules.create(Self.hostile[0], Schedule(named: "LeaveApproval", input: input, .every(.days(1))))
        for id in ["nightly", "nightly"] { try await schedules.trigger(id) }
    }

    private func fillEntities() async throws {
        let kind = Stock.counter
        for key in ["visits", "", "held"] + Self.hostile.dropFirst() where kind[key].problem == nil {
            try await client.signal(Stock.add, 5, on: key)
        }
        for number in 100..<160 { try await client.signal(Stock.add, number, on: "page-\(number)", until: .confirmed) }
        _ = try await client.start(named: "Stocktaker", input: .null, id: "holder-1")
        try await untilSeen("the lock") { try await client.entity(kind["held"])?.lockedBy == "holder-1" }
        _ = try await client.start(named: "Buyer", input: .null, id: "buyer-1")
    }

    private func fill(over transport: some MessageTransport) async throws {
        for number in 1...60 {
            let id = "quick-" + (number < 10 ? "00" : "0") + "\(number)"
            _ = try await client.start(named: "Invoice", input: .null, id: id)
        }
        let input = Payload(json: #"{"note":"<b>fragile</b>","more":"</pre><script>alert('input')</script>"}"#)
        for id in ["approve-me", "steer-me", "steer-again", "bulk-1", "bulk-2", "bulk-3"] + Self.hostile {
            _ = try await client.start(named: "LeaveApproval", input: input, id: id)
        }
        _ = try await client.start(named: "NightlyReport", input: .null, id: "stuck-1")
        _ = try await client.start(named: "Conversation", input: .null, id: "talk-1")
        _ = try await client.start(named: "StockTaking", input: .null, id: "wide-1")
        _ = try await client.start(named: "Refund", input: .null, id: "broken-1")
        _ = try await client.start(named: "OrderFulfilment", input: input, id: "order-1")
        try await fillSchedules(input)
        try await fillEntities()
        for id in ["order-1", "broken-1", "quick-060", "wide-1"] {
            _ = try await client.wait(for: id, timeout: .seconds(60))
        }
        let nothing = OutboundMessage(
            exchange: "shop.start", routingKey: "Invoice",
            properties: MessageProperties(contentType: "application/json", messageID: "m"),
            body: Array("<not json>".utf8))
        _ = try await transport.outcomes(of: [nothing])
    }
}
#endif
