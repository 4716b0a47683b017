import AMQP
import AMQPMessages
import Foundation
import Logging
import TestSupport
import Testing
import WarrenMessaging
import WarrenTestKit

/// The transport over a real RabbitMQ. What is said here of `MessageTransport` holds for every transport; what only a
/// broker does (connections that end, declarations that differ) is tested at the end.
@Suite(
    "Transport over RabbitMQ", .serialized, .timeLimit(.minutes(5)),
    .enabled(if: TestBroker.isAvailable, TestBroker.remedy))
struct AMQPTransportTests {
    private let prefix = "test\(UInt32.random(in: 0...UInt32.max))"

    private func name(_ suffix: String) -> String { "\(prefix).\(suffix)" }

    private static func configuration() throws -> AMQPConfiguration {
        try AMQPConfiguration(url: TestBroker.requireURL())
    }

    private static let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

    /// A direct exchange, two work queues and their bindings.
    private var topology: Topology {
        let arguments: FieldTable = [
            "x-queue-type": "quorum", "x-dead-letter-exchange": .string(name("dead")), "x-delivery-limit": 100_000,
        ]
        return Topology(
            exchanges: [.init(name: name("x"), kind: .direct), .init(name: name("dead"), kind: .topic)],
            queues: [.init(name: name("a"), arguments: arguments), .init(name: name("b"), arguments: arguments)],
            bindings: [
                .init(queue: name("a"), exchange: name("x"), routingKey: "a"),
                .init(queue: name("b"), exchange: name("x"), routingKey: "b"),
            ])
    }

    /// Runs a test with a transport and the topology, and removes both.
    private func run(_ body: (AMQPTransport) async throws -> Void) async throws {
        let transport = try await AMQPTransport.connect(try Self.configuration(), logger: Self.logger)
        let topology = topology
        try await withCleanUp {
            try await transport.provision(topology)
            try await body(transport)
        } afterwards: {
            await transport.shutdown()
            try await TestBroker.remove(
                queues: topology.queues.map(\.name), exchanges: topology.exchanges.map(\.name))
        }
    }

    private func message(_ key: String, _ number: Int) -> OutboundMessage {
        OutboundMessage(
            exchange: name("x"), routingKey: key,
            properties: MessageProperties(
                headers: ["number": .int64(Int64(number))], isPersistent: true, messageID: "m\(number)"),
            body: Array("\(number)".utf8))
    }

    /// Reads until so many messages have come.
    private func take(_ count: Int, from subscription: any MessageSubscription) async throws -> [InboundMessage] {
        var messages: [InboundMessage] = []
        for try await batch in subscription.batches {
            messages += batch
            if messages.count >= count { return messages }
        }
        throw QueueReader.EarlyEnd(taken: messages.count, wanted: count)
    }

    @Test("What is published arrives in order with everything it had, and an acknowledgement ends it")
    func roundTrip() async throws {
        try await run { transport in
            let sent = (0..<500).map { message("a", $0) }
            #expect(try await transport.outcomes(of: sent).allSatisfy { $0 == .confirmed })
            #expect(try await transport.depth(of: name("a")) == 500)
            let subscription = try await transport.consume(name("a"), prefetch: 100)
            var received: [InboundMessage] = []
            for try await batch in subscription.batches {
                received += batch
                subscription.acknowledge(batch.map(\.tag))
                if received.count == 500 { break }
            }
            for (one, other) in zip(sent, received) {
                #expect(one.body == other.body && one.properties == other.properties)
                #expect(other.exchange == one.exchange && other.routingKey == one.routingKey && !other.isRedelivered)
            }
            await subscription.close()
            #expect(try await transport.depth(of: name("a")) == 0)
        }
    }

    @Test("No more replies come than their reader has room for; the rest waits with the broker")
    func boundedReplies() async throws {
        try await run { transport in
            let queue = "reply.\(name("bound"))"
            let subscription = try await transport.consumeReplies(queue)
            let replies = (0..<2500).map {
                OutboundMessage(exchange: "", routingKey: queue, body: Array("\($0)".utf8))
            }
            #expect(try await transport.outcomes(of: replies).allSatisfy { $0 == .confirmed })
            #expect(
                try await transport.depth(of: queue) == 1500, "1000 are on their way to a reader that reads nothing")
            let read = try await take(2500, from: subscription)
            #expect(read.map { String(decoding: $0.body, as: UTF8.self) } == (0..<2500).map { "\($0)" })
            await subscription.close()
        }
    }

    @Test("A prefetch can be lowered to nothing and raised again while deliveries are out")
    func setPrefetch() async throws {
        try await run { transport in
            _ = try await transport.outcomes(of: (0..<10).map { message("a", $0) })
            let subscription = try await transport.consume(name("a"), prefetch: 2)
            let first = try await take(2, from: subscription)
            await subscription.setPrefetch(0)
            // What was delivered before can still be acknowledged, and nothing comes in its place.
            subscription.acknowledge(first.map(\.tag))
            let other = try await transport.consume(name("a"), prefetch: 4)
            let others = try await take(4, from: other)
            #expect(others.map { String(decoding: $0.body, as: UTF8.self) } == (2..<6).map { "\($0)" })
            await subscription.setPrefetch(3)
            let next = try await take(3, from: subscription)
            #expect(next.map { String(decoding: $0.body, as: UTF8.self) } == (6..<9).map { "\($0)" })
            #expect((first + others + next).allSatisfy { !$0.isRedelivered })
            #expect(try await transport.depth(of: name("a")) == 1)
            // The last one has room here alone: the other has four of four until it acknowledges.
            subscription.acknowledge(next.map(\.tag))
            subscription.acknowledge(try await take(1, from: subscription).map(\.tag))
            other.acknowledge(others.map(\.tag))
        }
    }

    @Test("Closing a subscription gives back what was not acknowledged, in order and marked")
    func close() async throws {
        try await run { transport in
            #expect(
                try await transport.outcomes(of: (0..<6).map { message("a", $0) }).allSatisfy { $0 == .confirmed })
            let first = try await transport.consume(name("a"), prefetch: 10)
            let messages = try await take(6, from: first)
            first.acknowledge([messages[4].tag, messages[0].tag])
            await first.close()
            let second = try await transport.consume(name("a"), prefetch: 10)
            let again = try await take(4, from: second)
            #expect(again.map { String(decoding: $0.body, as: UTF8.self) } == ["1", "2", "3", "5"])
            #expect(again.allSatisfy { $0.isRedelivered })
            // A tag of the first subscription's channel means nothing to the second.
            second.acknowledge([messages[1].tag])
            second.acknowledge(again.map(\.tag))
            await second.close()
            #expect(try await transport.depth(of: name("a")) == 0)
        }
    }

    @Test("A message that nothing takes is returned, and an unknown exchange names the culprit and no neighbour")
    func returned() async throws {
        try await run { transport in
            let outcomes = try await transport.outcomes(of: [message("a", 1), message("nowhere", 2), message("b", 3)])
            #expect(outcomes == [.confirmed, .returned(code: 312, text: "NO_ROUTE"), .confirmed])

            let lost = OutboundMessage(exchange: name("missing"), routingKey: "k")
            let failed = try await transport.outcomes(of: [lost, message("b", 4)])
            guard case .returned(404, _) = failed[0], case .unknown = failed[1] else {
                Issue.record("\(failed)")
                return
            }
            #expect(try await transport.outcomes(of: [message("b", 5)]) == [.confirmed], "there is a new channel")

            let long = OutboundMessage(exchange: name("x"), routingKey: String(repeating: "k", count: 300))
            guard case .invalid = try await transport.outcome(of: long) else {
                Issue.record("a routing key of 300 bytes was sent")
                return
            }
        }
    }

    @Test("Replies need no topology, and their queue goes with the subscription")
    func replies() async throws {
        try await run { transport in
            let queue = name("replies")
            let subscription = try await transport.consumeReplies(queue)
            let reply = OutboundMessage(exchange: "", routingKey: queue, body: [1])
            #expect(try await transport.outcomes(of: [reply]) == [.confirmed])
            #expect(try await take(1, from: subscription).map(\.body) == [[1]])
            let taken = await #expect(throws: MessagingError.self) { try await transport.consumeReplies(queue) }
            #expect(taken?.code == .inUse)
            await subscription.close()
            #expect(try await transport.outcomes(of: [reply]) == [.returned(code: 312, text: "NO_ROUTE")])
        }
    }

    @Test("A queue that does not exist is named, and so is the way out")
    func missingQueue() async throws {
        try await run { transport in
            for call in [
                { _ = try await transport.consume(name("none"), prefetch: 1) },
                { _ = try await transport.depth(of: name("none")) },
            ] as [() async throws -> Void] {
                let error = await #expect(throws: MessagingError.self) { try await call() }
                #expect(error?.code == .missing)
                #expect(error?.message.contains(name("none")) == true)
            }
        }
    }

    @Test("Provisioning twice changes nothing; what exists differently or not at all is named, and not created")
    func verification() async throws {
        try await run { transport in
            try await transport.provision(topology)
            try await transport.verify(topology)

            var different = topology
            different.queues[1].arguments["x-delivery-limit"] = 5
            for call in [transport.provision, transport.verify] as [(Topology) async throws -> [String]] {
                let error = await #expect(throws: MessagingError.self) { _ = try await call(different) }
                #expect(error?.code == .different)
                #expect(error?.message.contains(name("b")) == true)
                #expect(error?.message.contains("x-delivery-limit") == true)
            }
            var otherKind = topology
            otherKind.exchanges[0].kind = .fanout
            let kind = await #expect(throws: MessagingError.self) { try await transport.verify(otherKind) }
            #expect(kind?.code == .different && kind?.message.contains(name("x")) == true)

            var missing = topology
            missing.queues.append(.init(name: name("c")))
            for _ in 0..<2 {
                let error = await #expect(throws: MessagingError.self) { try await transport.verify(missing) }
                #expect(error?.code == .missing && error?.message.contains(name("c")) == true)
            }
        }
    }

    @Test("Shutdown ends subscriptions and refuses what comes later")
    func shutdown() async throws {
        try await run { transport in
            let subscription = try await transport.consume(name("a"), prefetch: 1)
            await transport.shutdown()
            for try await _ in subscription.batches { Issue.record("a message out of nowhere") }
            guard case .unknown = try await transport.outcome(of: message("a", 1)) else {
                Issue.record("a transport that was shut down took a message")
                return
            }
            let error = await #expect(throws: MessagingError.self) {
                try await transport.consume(name("a"), prefetch: 1)
            }
            #expect(error?.code == .closed)
        }
    }

    @Test("The first connect reports its error at once")
    func firstConnect() async throws {
        var configuration = try Self.configuration()
        configuration.password = "wrong"
        let error = await #expect(throws: AMQPError.self) {
            try await AMQPTransport.connect(configuration, logger: Self.logger)
        }
        #expect(error?.code == .badCredentials)
    }

    @Test(
        "Over closed connections every message is delivered, unknown ones by being published again",
        .enabled(if: TestBroker.isControllable, TestBroker.controlRemedy))
    func reconnecting() async throws {
        try await run { transport in
            let total = 3000
            let subscription = try await transport.consume(name("a"), prefetch: 50)
            let replies = try await transport.consumeReplies(name("replies"))
            async let received: Set<String> = {
                var bodies = Set<String>()
                for try await batch in subscription.batches {
                    for message in batch { bodies.insert(String(decoding: message.body, as: UTF8.self)) }
                    subscription.acknowledge(batch.map(\.tag))
                    if bodies.count == total { break }
                }
                return bodies
            }()
            async let closed: Void = TestBroker.control("ctl", "close_all_connections", "test")
            var open = Array(0..<total)
            while !open.isEmpty {
                let batch = Array(open.prefix(50))
                open.removeFirst(batch.count)
                for (number, outcome) in zip(batch, try await transport.outcomes(of: batch.map { message("a", $0) })) {
                    switch outcome {
                    case .confirmed: break
                    case .unknown: open.append(number)
                    default: Issue.record("\(number): \(outcome)")
                    }
                }
            }
            try await closed
            #expect(try await received.count == total)
            // The reply queue is declared again; until then replies come back.
            let reply = OutboundMessage(exchange: "", routingKey: name("replies"), body: [1])
            while try await transport.outcomes(of: [reply]) != [.confirmed] {}
            #expect(try await take(1, from: replies).map(\.body) == [[1]])
        }
    }

    @Test(
        "Over a closed connection a lock is kept, and nothing is delivered before the consumer is admitted again",
        .enabled(if: TestBroker.isControllable, TestBroker.controlRemedy))
    func admittedAgain() async throws {
        try await run { transport in
            let other = try await AMQPTransport.connect(try Self.configuration(), logger: Self.logger)
            let (answers, answer) = AsyncStream.makeStream(of: Void.self)
            let (questions, question) = AsyncStream.makeStream(of: Bool.self)
            let terms = ConsumeTerms(lock: name("lock")) { isAgain in
                question.yield(isAgain)
                guard isAgain else { return }
                for await _ in answers { break }
            }
            let subscription = try await transport.consume(name("a"), prefetch: 10, on: terms)
            _ = try await transport.outcomes(of: [message("a", 1)])
            #expect(try await take(1, from: subscription).map(\.isRedelivered) == [false])
            try await TestBroker.control("ctl", "close_all_connections", "test")
            var asked = questions.makeAsyncIterator()
            #expect(await asked.next(isolation: nil) == false)
            #expect(await asked.next(isolation: nil) == true)
            // Not admitted yet: the message waits, and nobody else gets the lock.
            while try await other.outcomes(of: [message("b", 2)]) != [.confirmed] {}
            #expect(try await other.depth(of: name("a")) == 1)
            let error = await #expect(throws: MessagingError.self) {
                _ = try await other.consume(name("a"), prefetch: 1, on: ConsumeTerms(lock: name("lock")))
            }
            #expect(error?.code == .inUse)
            answer.yield()
            let again = try await take(1, from: subscription)
            #expect(again.map(\.isRedelivered) == [true])
            subscription.acknowledge(again.map(\.tag))
            await other.shutdown()
        }
    }

    @Test(
        "A queue that is not consumed at present is not consumed over a new connection either, until it is wanted again",
        .enabled(if: TestBroker.isControllable, TestBroker.controlRemedy))
    func pausedReconnecting() async throws {
        try await run { transport in
            let subscription = try await transport.consume(name("a"), prefetch: 5)
            await subscription.setPrefetch(0)
            let replies = try await transport.consumeReplies(name("replies"))
            try await TestBroker.control("ctl", "close_all_connections", "test")
            // An empty batch says that there is a new connection.
            var renewals = replies.batches.makeAsyncIterator()
            #expect(try await renewals.next(isolation: nil)?.isEmpty == true)
            while try await transport.outcomes(of: [message("a", 7)]) != [.confirmed] {}
            let other = try await transport.consume(name("a"), prefetch: 5)
            let taken = try await take(1, from: other)
            #expect(try await transport.load(of: name("a")).consumers == 1)
            await subscription.setPrefetch(5)
            await other.close()
            let again = try await take(1, from: subscription)
            #expect(again.map(\.body) == taken.map(\.body))
            subscription.acknowledge(again.map(\.tag))
        }
    }
}
