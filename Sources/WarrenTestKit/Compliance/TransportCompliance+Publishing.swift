import AMQPMessages
import Warren
import WarrenMessaging

/// What becomes of messages, and the topology that they go by.
extension TransportCompliance {
    static let publishing: [Check] = [
        Check("A message arrives with everything it was sent with", fidelity),
        Check("A mandatory message that no queue takes is returned, another is dropped", unroutable),
        Check("The depth of a queue is what waits in it", depth),
        Check("Provisioning twice changes nothing, and verifying finds everything", provisioning),
        Check("An exchange as an earlier version declared it is taken, named and left as it is", earlierExchange),
        Check("Verifying names what is missing", verifying),
        Check("A body above the limit ends as too large, with both sizes, and its neighbours arrive", tooLarge),
        Check("A message to an exchange that does not exist comes back as 404", noExchange),
        Check("The load of a queue is what waits in it and who reads it", load),
    ]

    @Sendable private static func fidelity(_ bench: TransportBench) async throws {
        let properties = MessageProperties(
            contentType: "application/json", contentEncoding: "identity",
            headers: [
                "text": "naïve 🦊", "number": .int64(.min), "flag": true, "table": .table(["in": .int64(1), "e": ""]),
                "list": .array(["a", .int64(2)]),
            ],
            isPersistent: true, priority: 4, correlationID: "c-1", replyTo: "reply.x", messageID: "m-1",
            timestamp: 1_772_366_400, type: "kind", appID: "app")
        var reader = try await bench.reader(of: bench.hub.partitionQueue(1, of: 2))
        for body in [[], Array(0...255), Array(repeating: 0, count: 1 << 20)] as [[UInt8]] {
            let sent = OutboundMessage(
                exchange: bench.hub.partitionExchange, routingKey: bench.hub.partitionKey(1), isMandatory: true,
                properties: properties, body: body)
            _ = bench.send([sent])
            let received = try bench.require(try await reader.take(1).first)
            bench.expect(received.properties == properties, "\(received.properties)")
            bench.expect(received.body == body, "\(body.count) bytes")
            bench.expect(received.exchange == sent.exchange && received.routingKey == sent.routingKey)
            bench.expect(!received.isRedelivered)
            reader.acknowledge([received])
        }
    }

    @Sendable private static func unroutable(_ bench: TransportBench) async throws {
        let console = bench.hub.consoleExchange
        let outcomes = try await bench.send([
            bench.message(0, exchange: "", key: "nobody"),
            bench.message(1, exchange: bench.hub.activityExchange, key: "Unknown", isMandatory: false),
            bench.message(2, exchange: console, key: "info.A"),
            bench.message(3, exchange: bench.hub.activityExchange, key: "Unknown"),
        ]).value
        try bench.require(outcomes.count == 4)
        for index in [0, 3] {
            guard case .returned(let code, _) = outcomes[index] else {
                bench.fail("not returned: \(outcomes[index])")
                continue
            }
            bench.expect(code == 312)
        }
        bench.expect(try outcomes.at(1) == .confirmed && outcomes.at(2) == .confirmed)
    }

    @Sendable private static func depth(_ bench: TransportBench) async throws {
        let lines = (0..<3).map { bench.message($0, exchange: bench.hub.consoleExchange, key: "info.A") }
        bench.expect(try await bench.send(lines).value == [.confirmed, .confirmed, .confirmed])
        bench.expect(try await bench.transport.depth(of: bench.hub.consoleQueue) == 3)
        var reader = try await bench.reader(of: bench.hub.consoleQueue)
        reader.acknowledge(try await reader.take(3))
        bench.expect(try await bench.transport.depth(of: bench.hub.consoleQueue) == 0)
    }

    @Sendable private static func provisioning(_ bench: TransportBench) async throws {
        try await bench.transport.verify(bench.topology)
        try await bench.transport.provision(bench.topology)
        try await bench.transport.verify(bench.topology)
    }

    @Sendable private static func earlierExchange(_ bench: TransportBench) async throws {
        let earlier = Topology.Exchange(
            name: bench.deaf.name, kind: .topic, arguments: ["alternate-exchange": .string(bench.hub.deadExchange)])
        func topology(earlier arguments: FieldTable) -> Topology {
            var topology = bench.topology
            topology.exchanges.insert(.init(name: earlier.name, kind: .topic, earlierArguments: arguments), at: 1)
            return topology
        }
        let now = topology(earlier: earlier.arguments)
        try await bench.transport.provision(Topology(exchanges: [earlier]))
        bench.expect(try await bench.transport.provision(now) == [earlier.name])
        bench.expect(try await bench.transport.verify(now) == [earlier.name])
        // Still what it was.
        try await bench.transport.verify(Topology(exchanges: [earlier]))

        let other = topology(earlier: ["alternate-exchange": "another"])
        let error = await bench.findings.expectThrows(MessagingError.self) { try await bench.transport.verify(other) }
        bench.expect(error?.code == .different && error?.message.contains(earlier.name) == true)
    }

    @Sendable private static func verifying(_ bench: TransportBench) async throws {
        let more = TaskHubTopology.activities(["Missing"], of: bench.hub)
        let queue = await bench.findings.expectThrows((any Error).self) { try await bench.transport.verify(more) }
        bench.expect("\(queue as (any Error)?)".contains(bench.hub.activityQueue("Missing")))
        let exchanges = Topology(exchanges: [bench.deaf])
        let exchange = await bench.findings.expectThrows((any Error).self) {
            try await bench.transport.verify(exchanges)
        }
        bench.expect("\(exchange as (any Error)?)".contains("\(bench.hub).nothing"))
    }

    @Sendable private static func tooLarge(_ bench: TransportBench) async throws {
        let limit = 8 << 20
        var large = bench.message(1, exchange: bench.hub.activityExchange, key: "Work")
        large.body = Array(repeating: 0, count: limit + 1)
        let messages = bench.work(0..<1) + [large] + bench.work(2..<3)
        var reader = try await bench.reader(of: bench.hub.activityQueue("Work"))
        let outcomes = bench.send(messages)
        reader.acknowledge(try await reader.take(2))
        bench.expect(try await outcomes.value == [.confirmed, .tooLarge(bytes: limit + 1, limit: limit), .confirmed])
    }

    @Sendable private static func noExchange(_ bench: TransportBench) async throws {
        for isMandatory in [true, false] {
            let lost = bench.message(0, exchange: "\(bench.hub).nowhere", key: "a", isMandatory: isMandatory)
            guard case .returned(404, let text)? = try await bench.send([lost]).value.first else {
                bench.fail("a message that nothing can hold is not returned")
                return
            }
            bench.expect(text.contains("no exchange '\(bench.hub).nowhere'"), "\(text)")
        }
        // The next one goes through.
        bench.expect(
            try await bench.send([bench.message(1, exchange: "", key: bench.hub.deadQueue)]).value == [.confirmed])
    }

    @Sendable private static func load(_ bench: TransportBench) async throws {
        let queue = bench.hub.activityQueue("Work")
        bench.expect(try await bench.transport.load(of: queue) == QueueLoad(queue: queue, messages: 0, consumers: 0))
        _ = bench.send(bench.work(0..<5))
        var reader = try await bench.reader(of: queue, prefetch: 2)
        _ = try await reader.take(2)
        bench.expect(try await bench.transport.load(of: queue).consumers == 1)
    }
}
