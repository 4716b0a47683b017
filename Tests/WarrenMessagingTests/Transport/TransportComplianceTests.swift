import AMQPMessages
import Testing

@testable import WarrenMessaging

/// What every transport promises, run over all of them.
@Suite(.timeLimit(.minutes(5))) struct TransportComplianceTests {
    @Test(arguments: TransportUnderTest.all)
    func `messages of one publisher keep their order in a queue`(kind: TransportUnderTest) async throws {
        try await TransportBench.with(kind) { bench async throws in
            var reader = try await bench.reader(of: bench.hub.intakeQueue)
            let sent = stride(from: 0, to: 500, by: 50).map { bench.send(bench.intake($0..<($0 + 50))) }
            var numbers: [Int] = []
            while numbers.count < 500 {
                let messages = try await reader.take(1)
                reader.acknowledge(messages)
                numbers += messages.numbers
            }
            #expect(numbers == Array(0..<500))
            for pending in sent { #expect(try await pending.value == Array(repeating: .confirmed, count: 50)) }
        }
    }

    @Test(arguments: TransportUnderTest.all)
    func `a message arrives with everything it was sent with`(kind: TransportUnderTest) async throws {
        try await TransportBench.with(kind) { bench async throws in
            var reader = try await bench.reader(of: bench.hub.partitionQueue(1, of: 2))
            let codec = PartitionCodec(hub: bench.hub, signer: testSigner)
            for (_, command) in Sample.commands {
                let sent = codec.encode(command, partition: 1)
                _ = bench.send([sent])
                let received = try #require(try await reader.take(1).first)
                #expect(received.properties == sent.properties && received.body == sent.body)
                #expect(try codec.decode(received).get() == command)
                reader.acknowledge([received])
            }
        }
    }

    @Test(arguments: TransportUnderTest.all)
    func `no more than the prefetch is outstanding`(kind: TransportUnderTest) async throws {
        try await TransportBench.with(kind) { bench async throws in
            _ = bench.send(bench.work(0..<10))
            var reader = try await bench.reader(of: bench.hub.activityQueue("Work"), prefetch: 3)
            let first = try await reader.take(3)
            #expect(first.numbers == [0, 1, 2] && reader.buffer.isEmpty)
            reader.acknowledge([first[1]])
            #expect(try await reader.take(1).numbers == [3])
            #expect(reader.buffer.isEmpty)
            reader.acknowledge([first[0], first[2]])
            #expect(try await reader.take(2).numbers == [4, 5])
        }
    }

    @Test(arguments: TransportUnderTest.all)
    func `what a closed subscription did not acknowledge comes again, in order and marked`(
        kind: TransportUnderTest
    ) async throws {
        try await TransportBench.with(kind) { bench async throws in
            let queue = bench.hub.intakeQueue
            _ = bench.send(bench.intake(0..<8))
            var first = try await bench.reader(of: queue, prefetch: 5)
            let taken = try await first.take(5)
            first.acknowledge([taken[1], taken[3]])
            await first.subscription.close()
            var second = try await bench.reader(of: queue)
            let again = try await second.take(6)
            #expect(again.numbers == [0, 2, 4, 5, 6, 7])
            #expect(again.prefix(3).allSatisfy { $0.isRedelivered })
            #expect(again.last?.isRedelivered == false)
            // Tags of the first one mean nothing here.
            second.acknowledge(taken)
            second.acknowledge(again)
        }
    }

    @Test(arguments: TransportUnderTest.all)
    func `a closed subscription's stream ends`(kind: TransportUnderTest) async throws {
        try await TransportBench.with(kind) { bench async throws in
            var reader = try await bench.reader(of: bench.hub.intakeQueue)
            await reader.subscription.close()
            #expect(try await reader.ends())
        }
    }

    @Test(arguments: TransportUnderTest.all)
    func `one consumer of an ordered queue is active, and the next takes over where it stopped`(
        kind: TransportUnderTest
    ) async throws {
        try await TransportBench.with(kind) { bench async throws in
            let queue = bench.hub.partitionQueue(0, of: 2)
            let key = bench.hub.partitionKey(0)
            var active = try await bench.reader(of: queue)
            var waiting = try await bench.reader(of: queue)
            _ = bench.send((0..<4).map { bench.message($0, exchange: bench.hub.partitionExchange, key: key) })
            let taken = try await active.take(4)
            #expect(taken.numbers == [0, 1, 2, 3])
            active.acknowledge(Array(taken.prefix(2)))
            await active.subscription.close()
            let rest = try await waiting.take(2)
            #expect(rest.numbers == [2, 3] && rest.allSatisfy { $0.isRedelivered })
            _ = bench.send([bench.message(4, exchange: bench.hub.partitionExchange, key: key)])
            #expect(try await waiting.take(1).numbers == [4])
        }
    }

    @Test(arguments: TransportUnderTest.all)
    func `several consumers share an activity's queue`(kind: TransportUnderTest) async throws {
        try await TransportBench.with(kind) { bench async throws in
            let queue = bench.hub.activityQueue("Work")
            var one = try await bench.reader(of: queue, prefetch: 1)
            var two = try await bench.reader(of: queue, prefetch: 1)
            _ = bench.send(bench.work(0..<2))
            let shared = try await one.take(1).numbers + two.take(1).numbers
            #expect(shared.sorted() == [0, 1])
        }
    }

    @Test(arguments: TransportUnderTest.all)
    func `a mandatory message that no queue takes is returned, another is dropped`(
        kind: TransportUnderTest
    ) async throws {
        try await TransportBench.with(kind) { bench async throws in
            let console = bench.hub.consoleExchange
            let outcomes = try await bench.send([
                bench.message(0, exchange: "", key: "nobody"),
                bench.message(1, exchange: bench.hub.activityExchange, key: "Unknown", isMandatory: false),
                bench.message(2, exchange: console, key: "info.A"),
                bench.message(3, exchange: bench.hub.activityExchange, key: "Unknown"),
            ]).value
            try #require(outcomes.count == 4)
            for index in [0, 3] {
                guard case .returned(let code, _) = outcomes[index] else {
                    Issue.record("not returned: \(outcomes[index])")
                    continue
                }
                #expect(code == 312)
            }
            #expect(outcomes[1] == .confirmed && outcomes[2] == .confirmed)
        }
    }

    @Test(arguments: TransportUnderTest.all)
    func `replies come without acknowledgements until the subscription ends`(kind: TransportUnderTest) async throws {
        try await TransportBench.with(kind) { bench async throws in
            let queue = "reply.\(bench.hub.text)"
            var reader = QueueReader(try await bench.transport.consumeReplies(queue))
            let replies = (0..<3).map { bench.message($0, exchange: "", key: queue) }
            #expect(try await bench.send(replies).value == [.confirmed, .confirmed, .confirmed])
            #expect(try await reader.take(3).numbers == [0, 1, 2])
            await reader.subscription.close()
            guard case .returned? = try await bench.send([replies[0]]).value.first else {
                Issue.record("a reply to a requester that left is returned")
                return
            }
        }
    }

    @Test(arguments: TransportUnderTest.all)
    func `the depth of a queue is what waits in it`(kind: TransportUnderTest) async throws {
        try await TransportBench.with(kind) { bench async throws in
            let lines = (0..<3).map { bench.message($0, exchange: bench.hub.consoleExchange, key: "info.A") }
            #expect(try await bench.send(lines).value == [.confirmed, .confirmed, .confirmed])
            #expect(try await bench.transport.depth(of: bench.hub.consoleQueue) == 3)
            var reader = try await bench.reader(of: bench.hub.consoleQueue)
            reader.acknowledge(try await reader.take(3))
            #expect(try await bench.transport.depth(of: bench.hub.consoleQueue) == 0)
        }
    }

    @Test(arguments: TransportUnderTest.all)
    func `who watches gets copies, and leaves nothing behind`(kind: TransportUnderTest) async throws {
        try await TransportBench.with(kind) { bench async throws in
            let console = bench.hub.consoleExchange
            func lines(_ numbers: Range<Int>, _ level: String) -> [OutboundMessage] {
                numbers.map { bench.message($0, exchange: console, key: "\(level).A") }
            }
            let all = try await bench.transport.watch(console, routingKey: "#", queue: "\(bench.hub).all", prefetch: 2)
            let errors = try await bench.transport.watch(
                console, routingKey: "error.#", queue: "\(bench.hub).errors", prefetch: 2)
            _ = try await bench.send(lines(0..<3, "info") + lines(3..<5, "error")).value
            var everything = QueueReader(all)
            for number in 0..<5 {
                let message = try await everything.take(1)
                #expect(message.numbers == [number])
                everything.acknowledge(message)
            }
            #expect(try await QueueReader(errors).taking(2).numbers == [3, 4])
            #expect(try await bench.transport.depth(of: bench.hub.consoleQueue) == 5)

            // Nobody else may have the queue, and it goes with its watcher.
            await #expect(throws: (any Error).self) {
                _ = try await bench.transport.watch(console, routingKey: "#", queue: "\(bench.hub).all", prefetch: 2)
            }
            await all.close()
            #expect(try await bench.send(lines(5..<6, "info")).value == [.confirmed])
            let again = try await bench.transport.watch(
                console, routingKey: "#", queue: "\(bench.hub).all", prefetch: 2)
            _ = try await bench.send(lines(6..<7, "info")).value
            #expect(try await QueueReader(again).taking(1).numbers == [6])

            let error = await #expect(throws: (any Error).self) {
                _ = try await bench.transport.watch(
                    "\(bench.hub).nothing", routingKey: "#", queue: "\(bench.hub).none", prefetch: 1)
            }
            #expect("\(error!)".contains("\(bench.hub).nothing"))
        }
    }

    @Test(arguments: TransportUnderTest.all)
    func `provisioning twice changes nothing, and verifying finds everything`(kind: TransportUnderTest) async throws {
        try await TransportBench.with(kind) { bench async throws in
            try await bench.transport.verify(bench.topology)
            try await bench.transport.provision(bench.topology)
            try await bench.transport.verify(bench.topology)
        }
    }

    @Test(arguments: TransportUnderTest.all)
    func `an exchange as an earlier version declared it is taken, named and left as it is`(
        kind: TransportUnderTest
    ) async throws {
        try await TransportBench.with(kind) { bench async throws in
            let earlier = Topology.Exchange(
                name: bench.deaf.name, kind: .topic, arguments: ["alternate-exchange": .string(bench.hub.deadExchange)])
            var now = bench.topology
            now.exchanges.insert(
                .init(name: earlier.name, kind: .topic, earlierArguments: earlier.arguments), at: 1)
            try await bench.transport.provision(Topology(exchanges: [earlier]))
            #expect(try await bench.transport.provision(now) == [earlier.name])
            #expect(try await bench.transport.verify(now) == [earlier.name])
            // Still what it was.
            try await bench.transport.verify(Topology(exchanges: [earlier]))

            now.exchanges[1].earlierArguments = ["alternate-exchange": "another"]
            let error = await #expect(throws: MessagingError.self) { try await bench.transport.verify(now) }
            #expect(error?.code == .different && error?.message.contains(earlier.name) == true)
        }
    }

    @Test(arguments: TransportUnderTest.all)
    func `verifying names what is missing`(kind: TransportUnderTest) async throws {
        try await TransportBench.with(kind) { bench async throws in
            let more = TaskHubTopology.activities(["Missing"], of: bench.hub)
            let queue = await #expect(throws: (any Error).self) { try await bench.transport.verify(more) }
            #expect("\(queue!)".contains(bench.hub.activityQueue("Missing")))
            let exchanges = Topology(exchanges: [bench.deaf])
            let exchange = await #expect(throws: (any Error).self) { try await bench.transport.verify(exchanges) }
            #expect("\(exchange!)".contains("\(bench.hub).nothing"))
        }
    }

    @Test(arguments: TransportUnderTest.all)
    func `a body above the limit ends as too large, with both sizes, and its neighbours arrive`(
        kind: TransportUnderTest
    ) async throws {
        try await TransportBench.with(kind) { bench async throws in
            let limit = 8 << 20
            var messages = bench.work(0..<3)
            messages[1].body = Array(repeating: 0, count: limit + 1)
            var reader = try await bench.reader(of: bench.hub.activityQueue("Work"))
            let outcomes = bench.send(messages)
            reader.acknowledge(try await reader.take(2))
            #expect(try await outcomes.value == [.confirmed, .tooLarge(bytes: limit + 1, limit: limit), .confirmed])
        }
    }

    @Test(arguments: TransportUnderTest.all)
    func `a message to an exchange that does not exist comes back as 404`(kind: TransportUnderTest) async throws {
        try await TransportBench.with(kind) { bench async throws in
            for isMandatory in [true, false] {
                let lost = bench.message(0, exchange: "\(bench.hub).nowhere", key: "a", isMandatory: isMandatory)
                guard case .returned(404, let text)? = try await bench.send([lost]).value.first else {
                    Issue.record("a message that nothing can hold is not returned")
                    return
                }
                #expect(text.contains("no exchange '\(bench.hub).nowhere'"), "\(text)")
            }
            // The next one goes through.
            #expect(
                try await bench.send([bench.message(1, exchange: "", key: bench.hub.deadQueue)]).value == [.confirmed])
        }
    }

    @Test(arguments: TransportUnderTest.all)
    func `the load of a queue is what waits in it and who reads it`(kind: TransportUnderTest) async throws {
        try await TransportBench.with(kind) { bench async throws in
            let queue = bench.hub.activityQueue("Work")
            #expect(try await bench.transport.load(of: queue) == QueueLoad(queue: queue, messages: 0, consumers: 0))
            _ = bench.send(bench.work(0..<5))
            var reader = try await bench.reader(of: queue, prefetch: 2)
            _ = try await reader.take(2)
            #expect(try await bench.transport.load(of: queue).consumers == 1)
        }
    }

    @Test(arguments: TransportUnderTest.all)
    func `replies are read without acknowledging, however many there are`(kind: TransportUnderTest) async throws {
        try await TransportBench.with(kind) { bench async throws in
            let queue = "reply.\(bench.hub).many"
            let subscription = try await bench.transport.consumeReplies(queue)
            let replies = (0..<2500).map { bench.message($0, exchange: "", key: queue) }
            #expect(try await bench.send(replies).value == Array(repeating: .confirmed, count: 2500))
            var reader = QueueReader(subscription)
            #expect(try await reader.take(2500).numbers == Array(0..<2500))
            await subscription.close()
        }
    }

    @Test(arguments: TransportUnderTest.all)
    func `consuming an unknown queue names it`(kind: TransportUnderTest) async throws {
        try await TransportBench.with(kind) { bench async throws in
            let error = await #expect(throws: (any Error).self) {
                _ = try await bench.transport.consume("\(bench.hub).nothing", prefetch: 1)
            }
            #expect("\(error!)".contains("\(bench.hub).nothing"))
        }
    }

    @Test(arguments: TransportUnderTest.all)
    func `a shutdown settles every publish and ends every stream`(kind: TransportUnderTest) async throws {
        try await TransportBench.with(kind) { bench async throws in
            var reader = try await bench.reader(of: bench.hub.partitionQueue(0, of: 2))
            let pending = bench.send(bench.work(0..<5))
            await bench.transport.shutdown()
            for outcome in try await pending.value {
                switch outcome {
                case .confirmed, .unknown: break
                default: Issue.record("\(outcome)")
                }
            }
            #expect(try await reader.ends())
            guard case .unknown? = try await bench.send(bench.work(0..<1)).value.first else {
                Issue.record("a publish after the shutdown is unknown")
                return
            }
        }
    }
}
