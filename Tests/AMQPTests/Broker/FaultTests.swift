import AMQP
import AMQPMessages
import Foundation
import Synchronization
import TestSupport
import Testing

#if canImport(Glibc)
import Glibc
#endif

extension BrokerTests {
    /// Tests that stop, freeze and starve the broker.
    @Suite(
        "Faults",
        .enabled(
            if: TestBroker.isControllable, TestBroker.controlRemedy))
    struct FaultTests {
        @Test(
            "A close ends although a broker in an alarm reads nothing and a write waits for it",
            .enabled(if: TestBroker.tlsURL != nil && TestBroker.tlsDirectory != nil, "needs a TLS listener"),
            .timeLimit(.minutes(2)))
        func alarmOnTLS() async throws {
            var configuration = try AMQPConfiguration(url: try #require(TestBroker.tlsURL))
            configuration.tls = TLSOptions(authorityFile: try #require(TestBroker.tlsDirectory) + "/ca.pem")
            let connection = try await AMQPConnection.open(configuration, logger: TestBroker.logger)
            let channel = try await connection.openChannel()
            try await channel.selectConfirms()
            let witness = try await AMQPConnection.open(
                try AMQPConfiguration(url: try TestBroker.requireURL()), logger: TestBroker.logger)
            let other = try await witness.openChannel()
            try await other.selectConfirms()
            let outcomes = Mutex<[PublishOutcome]?>(nil)
            try await TestBroker.starved {
                // A broker tells of its alarm to who publishes during it, and one message may come before it: one after
                // another, until one is not confirmed.
                let publishing = Task {
                    while true { _ = try await other.publish(OutboundMessage(routingKey: "nobody")) }
                }
                defer { publishing.cancel() }
                for await event in witness.events {
                    if case .blocked = event { break }
                }
                try #require(!Task.isCancelled, "the alarm was not told")
                // More than the sockets hold between them.
                let message = OutboundMessage(routingKey: "nobody", body: Array(repeating: 0, count: 4 << 20))
                channel.publish(Array(repeating: message, count: 8)) { told in outcomes.withLock { $0 = told } }
                let late = Task { try await connection.openChannel() }
                await connection.close()
                #expect(connection.closeReason != nil)
                await #expect(throws: AMQPError.self) { _ = try await late.value }
                // Everybody hears: those whose messages were written, written in part, and not written.
                let told = outcomes.withLock { $0 }
                #expect(told?.count == 8)
                for outcome in told ?? [] {
                    guard case .unknown = outcome else {
                        Issue.record("\(outcome)")
                        continue
                    }
                }
            }
            await witness.close()
        }

        @Test("A broker killed in mid-stream loses no confirmed message, and both sides go on by themselves")
        func killed() async throws {
            let queue = TestBroker.uniqueName("killed")
            let idle = TestBroker.uniqueName("idle")
            try await TestBroker.removing(queue, idle) {
                try await TestBroker.interrupted { try await killBroker(queue, idle) }
            }
        }

        private func killBroker(_ queue: String, _ idle: String) async throws {
            let total = 6000
            let configuration = try TestBroker.configuration()
            let publishing = try await AMQPSession.connect(configuration, logger: TestBroker.logger)
            let consuming = try await AMQPSession.connect(configuration, logger: TestBroker.logger)
            try await publishing.withChannel { channel in
                try await channel.declareQueue(queue, arguments: TestBroker.quorum)
                try await channel.declareQueue(idle, arguments: TestBroker.quorum)
            }
            // A queue younger than a second does not survive the kill of a node: make the broker write its registry.
            try await TestBroker.control("ctl", "eval", "[dets:sync(T) || T <- dets:all()], ok.")

            let publisher = publishing.makePublisher()
            let confirmedBeforeKill = ReplySignal(count: 2000)
            async let unknowns: Int = {
                var unknowns = 0
                var open = Array(0..<total)
                while !open.isEmpty {
                    let batch = Array(open.prefix(100))
                    open.removeFirst(batch.count)
                    let outcomes = try await publisher.publish(
                        batch.map {
                            OutboundMessage(routingKey: queue, properties: MessageProperties(messageID: String($0)))
                        })
                    for (number, outcome) in zip(batch, outcomes) {
                        switch outcome {
                        case .confirmed: confirmedBeforeKill.count()
                        case .unknown:
                            unknowns += 1
                            open.append(number)
                        default: Issue.record("\(number): \(outcome)")
                        }
                    }
                }
                return unknowns
            }()
            let subscription = try await consuming.subscribe(queue, options: SubscriptionOptions(prefetch: 200))
            async let received: Set<Int> = {
                var numbers = Set<Int>()
                for try await batch in subscription.batches {
                    for delivery in batch {
                        numbers.insert(try #require(delivery.properties.messageID.flatMap(Int.init)))
                    }
                    subscription.acknowledge(batch.map(\.tag))
                    if numbers.count == total { break }
                }
                return numbers
            }()

            let unwanted = try await consuming.subscribe(idle)
            await confirmedBeforeKill.wait()
            try await TestBroker.control("kill")
            // Closed while there is nothing to close; it must not consume again.
            await unwanted.close()
            try await TestBroker.startAfterKill()
            #expect(try await received.count == total)
            // Not asserted to be positive: the kill may fall between two batches.
            #expect(try await unknowns >= 0)
            #expect(try await publishing.withChannel { try await $0.status(ofQueue: idle).consumerCount } == 0)
            await subscription.close()
            await consuming.close()
            await publishing.close()
        }

        @Test("A session whose connections an operator closes comes back, with its exclusive queue and its publisher")
        func closedByOperator() async throws {
            let session = try await AMQPSession.connect(try TestBroker.configuration(), logger: TestBroker.logger)
            var events = session.events.makeAsyncIterator()
            let queue = TestBroker.uniqueName("exclusive")
            let subscription = try await session.subscribe(
                queue, options: SubscriptionOptions(noAck: true),
                prepare: { try await $0.declareQueue(queue, isDurable: false, isExclusive: true) })
            let publisher = session.makePublisher()
            var batches = subscription.batches.makeAsyncIterator()
            #expect(try await publisher.publish(OutboundMessage(routingKey: queue, body: [1])) == .confirmed)
            let first = try #require(try await batches.next()?.first)

            try await TestBroker.control("ctl", "close_all_connections", "test")
            guard case .disconnected(let error) = await events.next() else {
                Issue.record("no disconnection was told")
                return
            }
            #expect(error.code == .closedByBroker)
            #expect(error.replyCode == 320)
            guard case .connected = await events.next() else {
                Issue.record("no reconnection was told")
                return
            }
            // The publisher may be ahead of the subscription that declares the queue: then the message is returned.
            while try await publisher.publish(OutboundMessage(routingKey: queue, body: [2])) != .confirmed {}
            let second = try #require(try await batches.next()?.first)
            #expect(second.body == [2])
            #expect(second.tag.channel != first.tag.channel)
            subscription.acknowledge([first.tag])
            await subscription.close()
            #expect(try await batches.next() == nil)
            await session.close()
        }

        @Test("A connection that the broker ends says who ended it")
        func endOfConnection() async throws {
            let connection = try await TestBroker.connect()
            let channel = try await connection.openChannel()
            let queue = try await channel.declareQueue("", isDurable: false, isExclusive: true).name
            let consumer = try await channel.consume(queue, prefetch: 1)
            try await TestBroker.control("ctl", "close_all_connections", "maintenance")
            let error = try await #require(throws: AMQPError.self) { for try await _ in consumer.batches {} }
            #expect(error.code == .closedByBroker)
            #expect(error.message.contains("maintenance"))
            #expect(connection.closeReason?.code == .closedByBroker)
            await #expect(throws: AMQPError.self) { try await connection.openChannel() }
            await connection.close()
        }

        @Test("A memory alarm is told as blocked and unblocked, and what was published meanwhile is confirmed after it")
        func alarm() async throws {
            let connection = try await TestBroker.connect { $0.heartbeat = .seconds(10) }
            var events = connection.events.makeAsyncIterator()
            let channel = try await connection.openChannel()
            try await channel.selectConfirms()
            let queue = try await channel.declareQueue("", isDurable: false, isExclusive: true).name
            // 40 MB: far more than the socket's buffers take.
            let messages = Array(
                repeating: OutboundMessage(routingKey: queue, body: Array(repeating: 1, count: 4000)), count: 10_000)
            let publishing = try await TestBroker.starved {
                let publishing = Task { try await channel.publish(messages) }
                guard case .blocked = await events.next(isolation: #isolation) else {
                    Issue.record("no alarm was told")
                    return publishing
                }
                #expect(connection.pendingBytes > 1 << 20)
                return publishing
            }
            guard case .unblocked = await events.next(isolation: #isolation) else {
                Issue.record("the end of the alarm was not told")
                return
            }
            #expect(try await publishing.ended().allSatisfy { $0 == .confirmed })
            #expect(connection.pendingBytes == 0)
            await connection.close()
        }

        @Test("A frozen broker is noticed by its missing heartbeats, and a publish cancelled meanwhile ends at once")
        func frozen() async throws {
            let pid = try await TestBroker.pid()
            let connection = try await TestBroker.connect { $0.heartbeat = .seconds(4) }
            let channel = try await connection.openChannel()
            try await channel.selectConfirms()
            let queue = try await channel.declareQueue("", isDurable: false, isExclusive: true).name
            kill(pid, SIGSTOP)
            defer { kill(pid, SIGCONT) }
            // The signal reaches the threads one by one: until the last one stands, the broker may answer.
            try await untilSeen("a broker that stands") { try TestBroker.isStopped(pid) }

            let cancelled = Task { try await channel.publish(OutboundMessage(routingKey: queue)) }
            async let lost = channel.publish(OutboundMessage(routingKey: queue))
            cancelled.cancel()
            await #expect(throws: CancellationError.self) { try await cancelled.value }
            guard case .unknown = try await lost else {
                Issue.record("a message that nobody took has an outcome")
                return
            }
            #expect(connection.closeReason?.code == .connectionLost)
            #expect(connection.closeReason?.message.contains("heartbeat") == true)
        }

        @Test("What a user may not do is permission denied")
        func permissions() async throws {
            try await TestBroker.control("ctl", "add_user", "limited", "secret")
            try await TestBroker.control("ctl", "set_permissions", "-p", "/", "limited", "^$", "^$", "^$")
            try await withCleanUp {
                let connection = try await TestBroker.connect {
                    $0.user = "limited"
                    $0.password = "secret"
                }
                let channel = try await connection.openChannel()
                let error = try await #require(throws: AMQPError.self) { try await channel.declareQueue("forbidden") }
                #expect(error.code == .permissionDenied)
                await connection.close()
            } afterwards: {
                try await TestBroker.control("ctl", "delete_user", "limited")
            }
        }
    }
}
