#if HTTP
import Foundation
import Hummingbird
import TestSupport
import Testing
import Warren
import WarrenClient

@testable import Orders
@testable import Patterns

/// Patterns and orders as they are run: processes over a real broker, steered by HTTP and by AMQP.
@Suite(
    "Patterns and orders as processes", .timeLimit(.minutes(5)),
    .enabled(if: TestBroker.isAvailable, TestBroker.remedy))
struct ShopProcessTests {
    @Test("The patterns are started over HTTP when they are given a port")
    func patterns() async throws {
        let activities = activityNames { registerPatterns(with: $0, jobs: "") }
        try await HostFixture.run(activities: activities) { fixture in
            try await SampleProcess.running("patterns", in: fixture) { sample in
                let greeted = try await sample.ask(.get, "/api/orchestrators/E1_SayHello?timeout=240")
                #expect(greeted.status == 200)
                #expect(greeted.body == #"["Hello Seattle!","Hello Amsterdam!"]"#)
                #expect(try await sample.ask(.get, "/api/orchestrators/Unknown").status == 400)
            }
        }
    }

    @Test("An order that waits for its approval survives kill -9, and is charged once")
    func orders() async throws {
        try await HostFixture.run(activities: OrdersHost.activities) { fixture in
            let path = "/runtime/webhooks/durabletask/instances/order-1"
            try await SampleProcess.running("orders", in: fixture, end: .killed) { sample in
                let client = try await TaskHubClient.connect(broker: fixture.broker, hub: fixture.hub)
                let order = Order(item: "server", quantity: 1, card: "flaky", address: "1 Main Street")
                _ = try await client.start(Orders.order, order, id: "order-1")
                #expect(try await sample.ask(.get, path).status == 202)
                await client.close()
            }
            try await SampleProcess.running("orders", in: fixture) { sample in
                let client = try await TaskHubClient.connect(broker: fixture.broker, hub: fixture.hub)
                try await client.raise(Orders.approved, true, to: "order-1")
                _ = try await client.wait(for: "order-1")
                let done = try await sample.ask(.get, path)
                #expect(done.status == 200)
                #expect(done["output"]?["status"] == "shipped")
                let shop = try Shop(path: fixture.data.appending(path: "orders.sqlite").path)
                #expect(try await shop.takings() == (1, 499_000))
                #expect(try await shop.parcels() == 1)
                await client.close()
            }
        }
    }
}
#endif
