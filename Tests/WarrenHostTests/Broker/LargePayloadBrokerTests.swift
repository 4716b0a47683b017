import AMQPMessages
import Foundation
import TestSupport
import Testing
import Warren
import WarrenClient
import WarrenHost
import WarrenMessaging

/// Large payloads over RabbitMQ: the broker sees small messages, and workers of other kinds see whole inputs.
@Suite("Broker: large payloads", .timeLimit(.minutes(5)), .enabled(if: TestBroker.isAvailable, TestBroker.remedy))
struct LargePayloadBrokerTests {
    private static let echo = Activity<Payload, Payload>("Echo")
    private static let foreign = Activity<Payload, Int>("Foreign")
    private static let pass = Orchestration<Payload, Payload>("Pass")
    private static let measure = Orchestration<Payload, Int>("Measure")

    @Test("17 MiB pass in messages of 64 KiB at the most; an activity of others gets its input whole")
    func passing() async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "warren-payloads-\(UUID())").path
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try await BrokerHub.run(configure: {
            $0.payloads.directory = folder
            $0.messages.maximumSize = 64 << 10
            $0.activities.foreign = ["Foreign"]
            $0.payloads.threshold = 4 << 10
        }) { host in
            host.register(Self.echo) { $0 }
            host.register(Self.pass) { context, payload in try await context.call(Self.echo, payload) }
            host.register(Self.measure) { context, payload in try await context.call(Self.foreign, payload) }
        } _: { hub in
            let client = try await TaskHubClient.connect(broker: hub.url, hub: hub.name, payloadDirectory: folder)
            try await withCleanUp {
                // 1. More than RabbitMQ 4 takes in a message, there and back.
                let large = Payload(json: "\"\(String(repeating: "x", count: 17 << 20))\"")
                #expect(try await client.start(Self.pass, large).result() == large)
                // 2. A start as any publisher sends it, and a worker that knows nothing of references.
                try await hub.provision(["Foreign"])
                let input = Payload(json: "\"\(String(repeating: "y", count: 32 << 10))\"")
                let measuring = try await hub.client.start(Self.measure, input)
                let items = try await hub.transport.consume(hub.names.activityQueue("Foreign"), prefetch: 1)
                var batches = items.batches.makeAsyncIterator()
                let item = try #require(try await batches.next(isolation: nil)?.first)
                #expect(item.body == input.bytes)
                #expect(item.properties.headers["warren-payloads"]?.string == "reference")
                try await hub.transport.publishAnswer(to: item, body: "\(item.body.count)")
                items.acknowledge([item.tag])
                #expect(try await measuring.result() == input.bytes.count)
            } afterwards: {
                await client.close()
            }
        }
    }
}

extension MessageTransport {
    /// Answers a work item as the RPC server of RabbitMQ's tutorial does.
    fileprivate func publishAnswer(to item: InboundMessage, body: String) async throws {
        var answer = OutboundMessage(
            exchange: "", routingKey: try #require(item.properties.replyTo),
            properties: MessageProperties(correlationID: item.properties.correlationID), body: Array(body.utf8))
        answer.properties.contentType = "application/json"
        #expect(try await outcome(of: answer) == .confirmed)
    }
}
