import AMQPMessages
import Logging
import TestSupport
import Testing
import Warren
import WarrenClient
import WarrenHost
import WarrenMessaging
import WarrenSupport

@testable import WarrenManagement

@Suite(
    "Metrics: over a broker", .timeLimit(.minutes(2)), .enabled(if: TestBroker.isAvailable, TestBroker.remedy))
struct BrokerMetricsTests {
    @Test("A hub with a journal on a broker emits every metric of the table, and the broker's answers are counted")
    func everything() async throws {
        let url = try TestBroker.requireURL()
        let name = Watched("")
        try await withCleanUp {
            try await MeteredHub.run(nil) { configuration in
                configuration.broker.url = url
                configuration.storage.durability = .journal
                name.change { $0 = configuration.hub }
            } _: { hub in
                try await hub.exercise()
                // An answer to a queue that nobody has is returned.
                try await Self.startUnheard(hub)
                try await untilSeen("a returned message") {
                    try hub.scrape().total("warren_amqp_publishes_total", ["outcome": "returned"]) > 0
                }
                let text = try hub.scrape()
                for definition in MetricTable.all { text.expect(definition) }
                for owner in ["host", "client"] {
                    let labels = ["owner": owner]
                    #expect(text.total("warren_amqp_connections", labels) == 2)
                    #expect(
                        text.total("warren_amqp_publishes_total", labels.merging(["outcome": "confirmed"]) { $1 }) > 3)
                    #expect(text.total("warren_amqp_deliveries_total", labels) > 3)
                    #expect(text.total("warren_amqp_confirm_duration_seconds_count", labels) > 3)
                }
                #expect(text.values(of: "owner") == ["host", "client"])
                #expect(text.values(of: "connection") == ["publish", "consume"])
                #expect(text.total("warren_amqp_blocked") == 0)
                #expect(text.total("warren_journal_offset") > 5 && text.total("warren_journal_unsaved_bytes") > 0)
                // A busy machine makes a host doubt its claim, and renew it within moments.
                try await untilSeen("the partition to be owned") {
                    try hub.scrape().total("warren_partition_owned") == 1
                }
                #expect(hub.host.health.isReady, "\(hub.host.health)")
            }
        } afterwards: {
            let hub = name.value
            if !hub.isEmpty {
                try await TestBroker.remove(TaskHubName(hub), partitions: 1, activities: [MeteredHub.flaky.name])
            }
        }
    }

    /// Starts an instance with an address for the answer that names no queue.
    private static func startUnheard(_ hub: MeteredHub) async throws {
        let address = try BrokerAddress(try TestBroker.requireURL())
        let transport = try await address.connect(metrics: PrometheusRegistry(), logger: .init(label: "test"))
        let names = try TaskHubName(hub.hub)
        let message = OutboundMessage(
            exchange: names.startExchange, routingKey: MeteredHub.fails.name,
            properties: MessageProperties(
                contentType: "application/json", correlationID: "1", replyTo: "reply.nobody", messageID: "unheard"),
            body: Array("null".utf8))
        let outcome = try await transport.outcome(of: message)
        #expect(outcome == .confirmed)
        await transport.shutdown()
    }
}
