import AMQP
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
    private static let sizes = Orchestration<Payload, [Int]>("Sizes")
    private static let more = ExternalEvent<Payload>("More")
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

    @Test("Any program starts with 64 MiB in a message, and sends such events; more is a dead letter that says so")
    func foreign() async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "warren-payloads-\(UUID())").path
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let seen = Watched<[Int]>([])
        try await BrokerHub.run(configure: { $0.payloads.directory = folder }) { host in
            host.register(Self.sizes) { context, input in
                let event = try await context.wait(for: Self.more)
                let sizes = [input.bytes.count, event.bytes.count]
                seen.change { $0 = sizes }
                return sizes
            }
        } _: { hub in
            // A client library has no bound of its own.
            var endpoint = try AMQPConfiguration(url: hub.url)
            endpoint.messageLimit = 128 << 20
            let publisher = try await AMQPTransport.connect(endpoint, logger: LogLines().logger)
            try await withCleanUp {
                // 1. A start and an event, one after the other: their order holds although storing takes time.
                let start = Self.message(hub.names.startExchange, "Sizes", id: "sizes", Self.body(of: 64 << 20))
                let event = Self.message(hub.names.eventExchange, "sizes/More", Self.body(of: 2 << 20))
                for message in [start, event] {
                    let outcome = try await publisher.outcome(of: message)
                    #expect(outcome == .confirmed)
                }
                let sizes = try await seen.wait(for: "both") { $0.isEmpty ? nil : $0 }
                #expect(sizes == [64 << 20, 2 << 20])
                // 2. The history has references.
                let status = try #require(try await hub.client.status(of: "sizes", includeHistory: true))
                #expect(try #require(status.history).allSatisfy { $0.bytes.count < 1000 })
                // 3. One byte more.
                let dead = try await hub.transport.consume(hub.names.deadQueue, prefetch: 10)
                var letters = dead.batches.makeAsyncIterator()
                var rest: [InboundMessage] = []
                let huge = Self.message(hub.names.startExchange, "Sizes", Self.body(of: 64 << 20 + 1))
                let outcome = try await publisher.outcome(of: huge)
                #expect(outcome == .confirmed)
                let letter = try await hub.nextDeadLetter(&letters, &rest)
                #expect(letter.properties.headers["warren-dead-reason"]?.string == "too-large")
                let detail = letter.properties.headers["warren-dead-detail"]?.string ?? ""
                #expect(detail.contains("67108865 bytes; at most 67108864"), "\(detail)")
                #expect(letter.body.count == 4 << 10)
            } afterwards: {
                await publisher.shutdown()
            }
        }
    }

    /// A JSON string of a size.
    private static func body(of size: Int) -> [UInt8] {
        var body = [UInt8](repeating: UInt8(ascii: "x"), count: size)
        body[0] = UInt8(ascii: "\"")
        body[size - 1] = UInt8(ascii: "\"")
        return body
    }

    private static func message(
        _ exchange: String, _ key: String, id: String? = nil, _ body: [UInt8]
    ) -> OutboundMessage {
        OutboundMessage(
            exchange: exchange, routingKey: key,
            properties: MessageProperties(
                contentType: "application/json", headers: id.map { ["warren-instance-id": .string($0)] } ?? [:],
                isPersistent: true), body: body)
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
