import AMQPMessages
import TestSupport
import Testing
import Warren
import WarrenClient
import WarrenMessaging

@testable import WarrenHost

/// Publishers and workers that do not keep to the types which a program declares.
@Suite("Strangers", .timeLimit(.minutes(5)))
struct StrangerTests {
    private static let sum = Orchestration<[Int], Int>("Sum")
    private static let patient = Orchestration<Void, Int>("Patient")
    private static let go = ExternalEvent<Int>("Go")
    private static let order = Orchestration<Void, String>("Order")
    private static let charge = Activity<Int, Receipt>("Charge")
    private static let release = Activity<Int, Void>("Release")

    private struct Receipt: Codable, Sendable { var amount: Int }

    private static func register(_ host: TaskHubHost) {
        host.register(sum) { _, numbers in numbers.reduce(0, +) }
        host.register(patient) { context, _ in try await context.wait(for: go) }
        host.register(order) { context, _ in
            do {
                let receipt = try await context.call(
                    charge, 900, retry: RetryPolicy(maxAttempts: 3, firstInterval: .seconds(1)))
                return "charged \(receipt.amount)"
            } catch let failure as TaskFailure {
                try await context.call(release, 1)
                return "\(failure.details.type): \(failure.details.message)"
            }
        }
        host.register(release) { _ in }
    }

    private func publish(
        _ cluster: Cluster, _ exchange: String, _ key: String, _ body: String, _ properties: MessageProperties = .init()
    ) async throws {
        let message = OutboundMessage(
            exchange: exchange, routingKey: key, properties: properties, body: Array(body.utf8))
        #expect(try await cluster.transport.outcome(of: message) == .confirmed)
    }

    private func deadLetters(_ cluster: Cluster, _ count: Int) async throws -> [DeadLetter] {
        let letters = Happenings<InboundMessage>()
        let subscription = try await cluster.transport.consume(cluster.names.deadQueue, prefetch: 100)
        let reading = Task {
            for try await batch in subscription.batches {
                for message in batch {
                    letters.add(message)
                    subscription.acknowledge([message.tag])
                }
            }
        }
        defer { reading.cancel() }
        let found = try await letters.wait(for: count)
        await subscription.close()
        let codec = DeadLetterCodec(hub: cluster.names)
        return try found.map { try codec.decode($0).get() }
    }

    @Test(arguments: [20_000, 0])
    func `an event that a wait cannot read becomes a dead letter, and the wait goes on`(warm: Int) async throws {
        try await Cluster.run { cluster in
            let node = try await cluster.start(
                configure: { $0.orchestrations.warmInstances = warm }, register: Self.register)
            let console = Happenings<InboundMessage>()
            let lines = try await cluster.transport.consume(cluster.names.consoleQueue, prefetch: 10)
            let reading = Task {
                for try await batch in lines.batches {
                    for line in batch { console.add(line) }
                    lines.acknowledge(batch.map(\.tag))
                }
            }
            defer { reading.cancel() }
            let instance = try await cluster.client.start(Self.patient, (), id: "p.1")
            try await publish(cluster, "test.event", "p.1/Go", "many", .init(contentType: "text/plain", appID: "shop"))
            let letter = try #require(try await deadLetters(cluster, 1).first)
            #expect(letter.reason == "unreadable-event")
            #expect(letter.original.exchange == "test.event" && letter.original.routingKey == "p.1/Go")
            #expect(
                letter.detail.contains(
                    #"expected a whole number, got a string ("many"), sent as text/plain by exchange 'test.event', app_id 'shop'"#
                ),
                "\(letter.detail)")
            let line = try #require(try await console.wait(for: 1).first)
            #expect(String(decoding: line.body, as: UTF8.self).contains("The event 'Go' cannot be read"))
            #expect(try await cluster.client.status(of: "p.1")?.runtimeStatus == .running)
            // As it is, it would be set aside again; mended, it is what was waited for.
            var again = try #require(DeadLetterCodec(hub: cluster.names).redrive(letter))
            again.body = Array("\"12\"".utf8)
            #expect(try await cluster.transport.outcome(of: again) == .confirmed)
            #expect(try await instance.result() == 12)
            try await cluster.rest(node)
            #expect(try await cluster.deadLetters == 0)
            try await node.stop()
        }
    }

    @Test(
        arguments: [
            ("text/plain", #"{"receipt":"r"}"#, "with the member 'amount'"), (nil, "{'amount': 900}", "got a string"),
            (nil, "", "got null"), ("text/html", "<p>900</p>", "'text/html' is not taken"),
        ] as [(String?, String, String)])
    func `an answer that is not what is declared fails its activity, which can be caught, and is not tried again`(
        type: String?, body: String, words: String
    ) async throws {
        try await Cluster.run { cluster in
            let node = try await cluster.start(register: Self.register)
            let worker = try await ScriptedWorker.start("Charge", in: cluster)
            let instance = try await cluster.client.start(Self.order, ())
            let call = try await worker.item(1)
            try await publish(
                cluster, "test.result", call.replyTo, body,
                .init(contentType: type, correlationID: call.correlationID))
            let outcome = try await instance.result()
            #expect(outcome.hasPrefix("InvalidResult: The answer cannot be read: "))
            #expect(outcome.contains(words), "\(outcome)")
            #expect(worker.count == 1)
            try await node.stop()
        }
    }

    @Test func `a letter about an answer to no work says where the work came from, and how to answer again`()
        async throws
    {
        try await Cluster.run { cluster in
            let node = try await cluster.start(register: Self.register)
            let worker = try await ScriptedWorker.start("Charge", in: cluster)
            let instance = try await cluster.client.start(Self.order, ())
            let call = try await worker.item(1)
            try await publish(
                cluster, "test.result", call.replyTo, #"{"amount":1}"#, .init(correlationID: "my own number"))
            let letter = try #require(try await deadLetters(cluster, 1).first)
            #expect(letter.reason == "unmatched-result")
            for words in ["'test.activity.Charge'", "'test.result'", "'\(call.replyTo)'", "correlation_id"] {
                #expect(letter.detail.contains(words), "\(letter.detail)")
            }
            try await publish(
                cluster, letter.original.exchange, letter.original.routingKey, #"{"amount":1}"#,
                .init(correlationID: call.correlationID))
            #expect(try await instance.result() == "charged 1")
            try await node.stop()
        }
    }

    @Test func `a worker's JSON may come as text or as a stream of bytes`() async throws {
        try await Cluster.run { cluster in
            let node = try await cluster.start(register: Self.register)
            let worker = try await ScriptedWorker.start("Charge", in: cluster)
            for (number, type) in ["text/plain", "application/octet-stream"].enumerated() {
                let instance = try await cluster.client.start(Self.order, ())
                let call = try await worker.item(number + 1)
                try await publish(
                    cluster, "test.result", call.replyTo, #"{"amount":900}"#,
                    .init(contentType: type, correlationID: call.correlationID))
                #expect(try await instance.result() == "charged 900")
            }
            try await node.stop()
        }
    }

    @Test func `an answer that cannot go where it should is lost alone, and a letter says so`() async throws {
        try await Cluster.run { cluster in
            let node = try await cluster.start(register: Self.register)
            try await publish(
                cluster, "test.start", "Sum", "[1,2]",
                .init(headers: ["warren-instance-id": "s-1"], correlationID: "c", replyTo: "orders"))
            let letter = try #require(try await deadLetters(cluster, 1).first)
            #expect(letter.reason == "bad-reply-to" && letter.isTaken)
            #expect(letter.detail.contains("The start for the instance 's-1' was taken"))
            #expect(try await cluster.client.instance(of: Self.sum, id: "s-1").result() == 3)
            try await cluster.rest(node)
            #expect(try await cluster.transport.depth(of: cluster.names.intakeQueue) == 0)
            try await node.stop()
        }
    }

    @Test func `a queue of another name is allowed by configuration`() async throws {
        try await Cluster.run { cluster in
            let node = try await cluster.start(
                configure: { $0.messages.replyQueuePrefixes = ["orders"] }, register: Self.register)
            let replies = Happenings<InboundMessage>()
            let subscription = try await cluster.transport.consumeReplies("orders.answers")
            let reading = Task {
                for try await batch in subscription.batches { for reply in batch { replies.add(reply) } }
            }
            defer { reading.cancel() }
            try await publish(
                cluster, "test.start", "Sum", "\"[1,2]\"", .init(correlationID: "c", replyTo: "orders.answers"))
            let reply = try #require(try await replies.wait(for: 1).first)
            #expect(reply.body == Array("3".utf8) && reply.properties.correlationID == "c")
            try await node.stop()
        }
    }

    @Test func `a batch is acknowledged when each of its events is taken, and counts once`() async throws {
        try await Cluster.run { cluster in
            let node = try await cluster.start(register: Self.register)
            let events = (0..<20).map { #"{"id":"\#($0)","source":"/s","data":[\#($0),1]}"# }
            for _ in 0..<2 {
                try await publish(
                    cluster, "test.start", "Sum", "[\(events.joined(separator: ","))]",
                    .init(contentType: "application/cloudevents-batch+json"))
            }
            try await cluster.rest(node)
            let found = try await cluster.client.list(InstanceQuery(name: "Sum", limit: 100)).instances
            #expect(found.count == 20 && found.allSatisfy { $0.runtimeStatus == .completed })
            #expect(try await cluster.deadLetters == 0)
            try await node.stop()
        }
    }

    @Test func `a hub of an earlier version goes on as it is, and is told from a new one`() async throws {
        let transport = InProcessTransport()
        let names = try TaskHubName("old")
        let hub = TaskHubTopology.hub(names, partitions: 2)
        try await transport.provision(Topology(exchanges: hub.exchanges.map { $0.earlier ?? $0 }))
        let earlier = [names.startExchange, names.eventExchange, names.controlExchange]
        #expect(try await transport.provision(hub) == earlier)
        #expect(try await transport.verify(hub) == earlier)
        await transport.shutdown()
    }
}
