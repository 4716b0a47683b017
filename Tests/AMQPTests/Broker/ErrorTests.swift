import AMQP
import AMQPMessages
import TestSupport
import Testing

extension BrokerTests {
    @Suite("Errors")
    struct ErrorTests {
        private func code(of body: () async throws -> Void) async -> AMQPError.Code? {
            do {
                try await body()
                return nil
            } catch {
                return (error as? AMQPError)?.code
            }
        }

        @Test("A closed port, an unknown host, a wrong password and a missing virtual host each have their code")
        func connecting() async throws {
            // Port 1 (tcpmux) is closed wherever these tests run.
            #expect(await code { _ = try await TestBroker.connect { $0.port = 1 } } == .connectionRefused)
            #expect(await code { _ = try await TestBroker.connect { $0.host = "no.invalid" } } == .connectionRefused)
            #expect(await code { _ = try await TestBroker.connect { $0.password = "wrong" } } == .badCredentials)
            #expect(await code { _ = try await TestBroker.connect { $0.virtualHost = "no" } } == .missingVirtualHost)
        }

        @Test("Errors name what was tried and the remedy, and never the password")
        func texts() async throws {
            let error = try await #require(throws: AMQPError.self) {
                _ = try await TestBroker.connect {
                    $0.user = "somebody"
                    $0.password = "hidden"
                }
            }
            #expect(error.description.contains("somebody"))
            #expect(error.description.contains(error.remedy))
            #expect(!error.description.contains("hidden"))
            #expect(error.replyCode == 403)
        }

        @Test("A refused declaration closes its channel with the broker's reason, and the connection lives on")
        func declarations() async throws {
            let connection = try await TestBroker.connect()
            let queue = TestBroker.uniqueName("errors")
            let first = try await connection.openChannel()
            try await first.declareQueue(queue, isExclusive: true)
            let other = try await TestBroker.connect()

            #expect(
                await code { try await first.declareQueue(queue, isExclusive: true, arguments: ["x-max-length": 1]) }
                    == .preconditionFailed)
            #expect(await code { try await first.declareQueue(queue, isExclusive: true) } == .channelClosed)
            let second = try await connection.openChannel()
            #expect(await code { _ = try await second.status(ofQueue: "no such queue") } == .notFound)
            let third = try await other.openChannel()
            #expect(await code { _ = try await third.status(ofQueue: queue) } == .resourceLocked)
            let fourth = try await connection.openChannel()
            #expect(await code { try await fourth.declareExchange("amq.direct", kind: "topic") } == .preconditionFailed)
            let fifth = try await connection.openChannel()
            #expect(try await fifth.status(ofQueue: queue).consumerCount == 0)
            await connection.close()
            await other.close()
        }

        @Test("Exchanges and bindings come and go, and deleting a queue counts")
        func topology() async throws {
            let connection = try await TestBroker.connect()
            let channel = try await connection.openChannel()
            let exchange = TestBroker.uniqueName("exchange")
            let queue = try await channel.declareQueue("", isDurable: false, isExclusive: true).name
            try await channel.declareExchange(exchange, kind: "topic", isDurable: false)
            try await channel.declareExchange(exchange, isPassive: true)
            try await channel.bindQueue(queue, exchange: exchange, routingKey: "a.*")
            try await channel.selectConfirms()
            #expect(try await channel.publish(OutboundMessage(exchange: exchange, routingKey: "a.b")) == .confirmed)
            #expect(try await channel.status(ofQueue: queue).messageCount == 1)
            guard
                case .returned(312, _) = try await channel.publish(
                    OutboundMessage(exchange: exchange, routingKey: "b.a"))
            else {
                Issue.record("no queue is bound with a pattern for this key")
                return
            }
            try await channel.deleteExchange(exchange)
            #expect(try await channel.deleteQueue(queue) == 1)
            #expect(await code { try await channel.declareExchange(exchange, isPassive: true) } == .notFound)
            await connection.close()
        }

        @Test("Publishing to an exchange that does not exist ends the channel and names the culprit")
        func unknownExchange() async throws {
            let connection = try await TestBroker.connect()
            let channel = try await connection.openChannel()
            try await channel.selectConfirms()
            let outcomes = try await channel.publish([
                OutboundMessage(exchange: "amq.fanout", routingKey: "", isMandatory: false),
                OutboundMessage(exchange: "no such exchange", routingKey: "k"),
                OutboundMessage(exchange: "no such exchange", routingKey: "k"),
                OutboundMessage(exchange: "amq.fanout", routingKey: "", isMandatory: false),
            ])
            try #require(outcomes.count == 4)
            guard case .returned(404, let text) = outcomes[1] else {
                Issue.record("\(outcomes)")
                return
            }
            #expect(text.contains("no such exchange"))
            for outcome in outcomes[2...] {
                guard case .unknown = outcome else {
                    Issue.record("\(outcomes)")
                    return
                }
            }
            #expect(connection.closeReason == nil)
            let next = try await connection.openChannel()
            try await next.selectConfirms()
            #expect(
                try await next.publish(OutboundMessage(exchange: "amq.fanout", routingKey: "", isMandatory: false))
                    == .confirmed)
            await connection.close()
        }

        @Test("Returned messages are told from their confirmed neighbours")
        func returns() async throws {
            let connection = try await TestBroker.connect()
            let channel = try await connection.openChannel()
            try await channel.selectConfirms()
            let queue = try await channel.declareQueue("", isDurable: false, isExclusive: true).name
            let messages = (0..<2000).map { number in
                OutboundMessage(
                    routingKey: number.isMultiple(of: 3) ? "no such queue" : queue,
                    properties: MessageProperties(messageID: number.isMultiple(of: 2) ? String(number) : nil),
                    body: [UInt8](repeating: 7, count: number % 5))
            }
            let outcomes = try await channel.publish(messages)
            for (number, outcome) in outcomes.enumerated() {
                if number.isMultiple(of: 3) {
                    #expect(outcome == .returned(code: 312, text: "NO_ROUTE"), "\(number)")
                } else {
                    #expect(outcome == .confirmed, "\(number)")
                }
            }
            await connection.close()
        }

        @Test("What a full queue refuses is told message by message")
        func refused() async throws {
            let connection = try await TestBroker.connect()
            let channel = try await connection.openChannel()
            try await channel.selectConfirms()
            let arguments: FieldTable = ["x-max-length": 10, "x-overflow": "reject-publish"]
            let queue = try await channel.declareQueue("", isDurable: false, isExclusive: true, arguments: arguments)
            let messages = Array(repeating: OutboundMessage(routingKey: queue.name), count: 30)
            let outcomes = try await channel.publish(messages)
            #expect(outcomes == Array(repeating: .confirmed, count: 10) + Array(repeating: .refused, count: 20))
            await connection.close()
        }

        @Test("A message that AMQP cannot carry is refused alone; its neighbours arrive")
        func invalidMessages() async throws {
            let connection = try await TestBroker.connect { $0.frameMax = 8192 }
            let channel = try await connection.openChannel()
            try await channel.selectConfirms()
            let queue = try await channel.declareQueue("", isDurable: false, isExclusive: true).name
            let long = String(repeating: "x", count: 256)
            let messages = [
                OutboundMessage(routingKey: queue),
                OutboundMessage(routingKey: long),
                OutboundMessage(routingKey: queue, properties: MessageProperties(messageID: long)),
                OutboundMessage(routingKey: queue, properties: MessageProperties(headers: [long: true])),
                OutboundMessage(
                    routingKey: queue,
                    properties: MessageProperties(headers: ["h": .bytes(Array(repeating: 1, count: 9000))])),
                OutboundMessage(routingKey: queue),
            ]
            let outcomes = try await channel.publish(messages)
            #expect(outcomes.first == .confirmed && outcomes.last == .confirmed)
            for outcome in outcomes[1...4] {
                guard case .invalid = outcome else {
                    Issue.record("\(outcome)")
                    continue
                }
            }
            #expect(try await channel.status(ofQueue: queue).messageCount == 2)
            await connection.close()
        }

        @Test("A header nested deeper than anybody needs neither crashes the reader nor loses the message")
        func deepHeaders() async throws {
            let connection = try await TestBroker.connect()
            let channel = try await connection.openChannel()
            try await channel.selectConfirms()
            let queue = try await channel.declareQueue("", isDurable: false, isExclusive: true).name
            var value = FieldValue.bool(true)
            for _ in 0..<2000 { value = .array([value]) }
            let message = OutboundMessage(
                routingKey: queue, properties: MessageProperties(headers: ["deep": value, "flat": true]))
            #expect(try await channel.publish(message) == .confirmed)
            let consumer = try await channel.consume(queue, prefetch: 1)
            var batches = consumer.batches.makeAsyncIterator()
            let delivery = try #require(try await batches.next()?.first)
            #expect(delivery.properties.headers["flat"] == true)
            await connection.close()
        }

        @Test("A consumer whose queue is deleted fails; a second exclusive consumer is refused")
        func consumers() async throws {
            let connection = try await TestBroker.connect()
            let channel = try await connection.openChannel()
            let queue = TestBroker.uniqueName("consumers")
            try await TestBroker.removing(queue) {
                try await channel.declareQueue(queue, isDurable: false)
                let consumer = try await channel.consume(queue, prefetch: 1, isExclusive: true)
                let second = try await connection.openChannel()
                #expect(await code { _ = try await second.consume(queue, isExclusive: true) } == .resourceLocked)
                let third = try await connection.openChannel()
                try await third.deleteQueue(queue)
                #expect(await code { for try await _ in consumer.batches {} } == .consumerCancelled)
                #expect(await code { _ = try await third.consume(queue) } == .notFound)
                await connection.close()
            }
        }
    }
}
