import AMQPMessages
import Foundation
import TestSupport
import Testing
import Warren
import WarrenClient
import WarrenHost
import WarrenMessaging

/// Work that the broker gives up on: the orchestrations that wait for it are told.
@Suite(
    "Broker: dead work items", .timeLimit(.minutes(5)), .enabled(if: TestBroker.isAvailable, TestBroker.remedy))
struct DeadWorkTests {
    private static let charge = Activity<String, String>("Charge")
    private static let billing = Orchestration<String, [String]>("Billing")

    /// Says how the activity failed, and how often the failure came.
    private func register(_ host: TaskHubHost) {
        host.register(Self.billing) { context, card in
            do {
                return [try await context.call(Self.charge, card)]
            } catch let failure as TaskFailure {
                return [failure.details.type, failure.details.message]
            }
        }
    }

    @Test("an item that a pika worker rejects fails its activity, once")
    func rejected() async throws {
        let program = try #require(
            Bundle.module.url(forResource: "pika_reject", withExtension: "py"), "The test's Python program is missing.")
        try await BrokerHub.run(register: register) { hub in
            try await hub.provision(["Charge"])
            let instance = try await hub.client.start(Self.billing, "visa", id: "order-1")
            let result = try await Program.run(
                Program.python, [program.path, hub.url, hub.names.activityQueue("Charge")])
            try #require(result.exitCode == 0, "\(result.errors)")
            let output = try await instance.result()
            #expect(output.first == "DeadWorkItem")
            let message = try #require(output.last)
            #expect(message.contains("a worker rejected it"), "\(message)")
            #expect(message.contains("'\(hub.names.activityQueue("Charge"))'"), "\(message)")
            // The broker's own copy is for the operator, and says where it died.
            let copy = try await deadLetter(hub)
            #expect(copy.routingKey == "work")
            #expect(copy.properties.headers["x-first-death-reason"]?.string == "rejected")
            #expect(try await hub.transport.depth(of: hub.names.activityDeadQueue) == 0)
        }
    }

    @Test(
        "items beyond a policy's limits fail their activities",
        .enabled(if: TestBroker.isControllable, TestBroker.controlRemedy))
    func expired() async throws {
        try await BrokerHub.run(register: register) { hub in
            try await hub.provision(["Charge"])
            let queue = hub.names.activityQueue("Charge")
            let output = try await withCleanUp {
                try await TestBroker.control(
                    "ctl", "set_policy", queue, "^\(queue)$", #"{"message-ttl":100}"#, "--apply-to", "queues")
                return try await hub.client.start(Self.billing, "visa", id: "order-2").result()
            } afterwards: {
                try await TestBroker.control("ctl", "clear_policy", queue)
            }
            #expect(output.first == "DeadWorkItem")
            #expect(output.last?.contains("message-ttl") == true, "\(output)")
        }
    }

    @Test("a forged or unreadable item becomes a dead letter with a reason, and fails nothing")
    func forged() async throws {
        try await BrokerHub.run(register: register) { hub in
            let queue = hub.names.partitionQueue(0, of: 4)
            let cases: [(MessageProperties, String)] = [
                (MessageProperties(correlationID: "0.order-1.e1.0.made-up", replyTo: queue), "unmatched-result"),
                (MessageProperties(correlationID: "c", replyTo: "amq.gen-somebody"), "bad-reply-to"),
                (MessageProperties(correlationID: "c"), "bad-reply-to"),
                (MessageProperties(replyTo: queue), "bad-header"),
            ]
            let dead = try await hub.transport.consume(hub.names.deadQueue, prefetch: 100)
            var letters = dead.batches.makeAsyncIterator()
            var rest: [InboundMessage] = []
            for (properties, reason) in cases {
                let forged = OutboundMessage(
                    exchange: hub.names.deadExchange, routingKey: "work", properties: properties,
                    body: Array("1".utf8))
                #expect(try await hub.publish(forged) == .confirmed)
                // The dead-letter exchange gives its queue a copy of the forgery itself as well.
                var keys: Set<String> = []
                for _ in 0..<2 {
                    let letter = try await hub.nextDeadLetter(&letters, &rest)
                    keys.insert(letter.routingKey)
                    dead.acknowledge([letter.tag])
                }
                #expect(keys == ["work", reason])
            }
            await dead.close()
            #expect(try await hub.transport.depth(of: hub.names.activityDeadQueue) == 0)
        }
    }

    private func deadLetter(_ hub: BrokerHub) async throws -> InboundMessage {
        let dead = try await hub.transport.consume(hub.names.deadQueue, prefetch: 1)
        var letters = dead.batches.makeAsyncIterator()
        var rest: [InboundMessage] = []
        let letter = try await hub.nextDeadLetter(&letters, &rest)
        dead.acknowledge([letter.tag])
        await dead.close()
        return letter
    }
}
