import AMQPMessages
import Foundation
import TestSupport
import Testing
import Warren
import WarrenClient
import WarrenHost
import WarrenMessaging

/// Purging over a real broker and SQLite files.
@Suite("Broker: purging", .timeLimit(.minutes(5)), .enabled(if: TestBroker.isAvailable, TestBroker.remedy))
struct PurgeOverBrokerTests {
    private static let echo = Orchestration<String, String>("Echo")
    private static let parent = Orchestration<String, String>("Parent")
    private static let waiting = Orchestration<String, Bool>("Waiting")
    private static let go = ExternalEvent<Bool>("Go")

    private func register(_ host: TaskHubHost) {
        host.register(Self.echo) { context, text in
            context.print("ran \(text)")
            return text
        }
        host.register(Self.parent) { context, text in try await context.call(Self.echo, text, id: "child-of-\(text)") }
        host.register(Self.waiting) { context, _ in try await context.wait(for: Self.go) }
    }

    @Test("amqp-publish purges with the routing key <instance>/purge; what runs becomes a dead letter with the reason")
    func publish() async throws {
        try await BrokerHub.run(register: register) { hub in
            let instance = try await hub.client.start(Self.parent, "p", id: "p")
            #expect(try await instance.result() == "p")
            _ = try await hub.client.start(Self.waiting, "w", id: "w")
            let dead = try await hub.transport.consume(hub.names.deadQueue, prefetch: 10)
            var letters = dead.batches.makeAsyncIterator()
            for id in ["w", "p"] {
                let result = try await Program.run(
                    "/usr/bin/amqp-publish",
                    ["-u", hub.toolURL, "-e", hub.names.controlExchange, "-r", "\(id)/purge", "-b", ""])
                try #require(result.exitCode == 0, "\(result.errors)")
            }
            var rest: [InboundMessage] = []
            let letter = try await hub.nextDeadLetter(&letters, &rest)
            #expect(letter.routingKey == "instance-not-finished")
            dead.acknowledge([letter.tag])
            // The child hears of it by a message of its own; a purge of it waits for its turn behind that one.
            while try await hub.client.status(of: "p") != nil {}
            while try await hub.client.status(of: "child-of-p") != nil {}
            #expect(try await hub.client.status(of: "w")?.runtimeStatus == .running)
            await dead.close()
        }
    }

    @Test("A start that is delivered again after the purge runs nothing, and says so to who asks")
    func repeatedStart() async throws {
        try await BrokerHub.run(register: register) { hub in
            let replies = "reply.\(hub.name).purge"
            let subscription = try await hub.transport.consumeReplies(replies)
            var answers = subscription.batches.makeAsyncIterator()
            func start(_ body: String) -> OutboundMessage {
                OutboundMessage(
                    exchange: hub.names.startExchange, routingKey: "Echo",
                    properties: MessageProperties(
                        contentType: "application/json", headers: ["warren-instance-id": "once"], correlationID: body,
                        replyTo: replies, messageID: "m-1"),
                    body: Array("\"\(body)\"".utf8))
            }
            func answer() async throws -> ReplyMessage {
                let message = try #require(try await answers.next(isolation: nil)?.first)
                return try ReplyCodec.decode(message).get()
            }
            #expect(try await hub.publish(start("first")) == .confirmed)
            #expect(try await answer().status == .completed)
            try await hub.client.purge("once")
            #expect(try await hub.publish(start("first")) == .confirmed)
            let again = try await answer()
            #expect(again.status == .rejected)
            #expect(ReplyCodec.refusal(of: again)?.reason == .unknownInstance)
            #expect(try await hub.client.status(of: "once") == nil)
            #expect(try await hub.client.consoleDepth() == 1)
            // Another message is another start, and runs under the old ID.
            let other = try await hub.client.start(Self.echo, "second", id: "once")
            #expect(try await other.result() == "second")
            await subscription.close()
        }
    }

    @Test("A purge by conditions counts over all partitions")
    func many() async throws {
        try await BrokerHub.run(register: register) { hub in
            for number in 1...20 {
                let instance = try await hub.client.start(Self.echo, "x", id: "e-\(number)")
                _ = try await instance.result()
            }
            _ = try await hub.client.start(Self.waiting, "w", id: "e-w")
            #expect(try await hub.client.purge(matching: InstanceQuery(idPrefix: "e-", limit: 3)) == 20)
            #expect(try await hub.client.list().instances.map(\.instanceID) == ["e-w"])
        }
    }
}
