import AMQPMessages
import Warren
import WarrenMessaging

/// Queues and their readers.
extension TransportCompliance {
    static let queues: [Check] = [
        Check("Messages of one publisher keep their order in a queue", order),
        Check("No more than the prefetch is outstanding", prefetch),
        Check("What a closed subscription did not acknowledge comes again, in order and marked", redelivery),
        Check("A closed subscription's stream ends", closing),
        Check("One consumer of an ordered queue is active, and the next takes over where it stopped", oneConsumer),
        Check("Several consumers share an activity's queue", sharing),
        Check("Replies come without acknowledgements until the subscription ends", replies),
        Check("Who watches gets copies, and leaves nothing behind", watching),
        Check("Replies are read without acknowledging, however many there are", manyReplies),
        Check("Consuming an unknown queue names it", unknownQueue),
        Check("A shutdown settles every publish and ends every stream", shutdown),
    ]

    @Sendable private static func order(_ bench: TransportBench) async throws {
        var reader = try await bench.reader(of: bench.hub.intakeQueue)
        let sent = stride(from: 0, to: 500, by: 50).map { bench.send(bench.intake($0..<($0 + 50))) }
        var numbers: [Int] = []
        while numbers.count < 500 {
            let messages = try await reader.take(1)
            reader.acknowledge(messages)
            numbers += messages.numbers
        }
        bench.expect(numbers == Array(0..<500))
        for pending in sent { bench.expect(try await pending.value == Array(repeating: .confirmed, count: 50)) }
    }

    @Sendable private static func prefetch(_ bench: TransportBench) async throws {
        _ = bench.send(bench.work(0..<10))
        var reader = try await bench.reader(of: bench.hub.activityQueue("Work"), prefetch: 3)
        let first = try await reader.take(3)
        bench.expect(first.numbers == [0, 1, 2] && reader.buffer.isEmpty)
        reader.acknowledge([try first.at(1)])
        bench.expect(try await reader.take(1).numbers == [3])
        bench.expect(reader.buffer.isEmpty)
        reader.acknowledge([try first.at(0), try first.at(2)])
        bench.expect(try await reader.take(2).numbers == [4, 5])
    }

    @Sendable private static func redelivery(_ bench: TransportBench) async throws {
        let queue = bench.hub.intakeQueue
        _ = bench.send(bench.intake(0..<8))
        var first = try await bench.reader(of: queue, prefetch: 5)
        let taken = try await first.take(5)
        first.acknowledge([try taken.at(1), try taken.at(3)])
        await first.subscription.close()
        var second = try await bench.reader(of: queue)
        let again = try await second.take(6)
        bench.expect(again.numbers == [0, 2, 4, 5, 6, 7])
        bench.expect(again.prefix(3).allSatisfy { $0.isRedelivered })
        bench.expect(again.last?.isRedelivered == false)
        // Tags of the first one mean nothing here.
        second.acknowledge(taken)
        second.acknowledge(again)
    }

    @Sendable private static func closing(_ bench: TransportBench) async throws {
        var reader = try await bench.reader(of: bench.hub.intakeQueue)
        await reader.subscription.close()
        bench.expect(try await reader.ends())
    }

    @Sendable private static func oneConsumer(_ bench: TransportBench) async throws {
        let queue = bench.hub.partitionQueue(0, of: 2)
        let key = bench.hub.partitionKey(0)
        var active = try await bench.reader(of: queue)
        var waiting = try await bench.reader(of: queue)
        _ = bench.send((0..<4).map { bench.message($0, exchange: bench.hub.partitionExchange, key: key) })
        let taken = try await active.take(4)
        bench.expect(taken.numbers == [0, 1, 2, 3])
        active.acknowledge(Array(taken.prefix(2)))
        await active.subscription.close()
        let rest = try await waiting.take(2)
        bench.expect(rest.numbers == [2, 3] && rest.allSatisfy { $0.isRedelivered })
        _ = bench.send([bench.message(4, exchange: bench.hub.partitionExchange, key: key)])
        bench.expect(try await waiting.take(1).numbers == [4])
    }

    @Sendable private static func sharing(_ bench: TransportBench) async throws {
        let queue = bench.hub.activityQueue("Work")
        var one = try await bench.reader(of: queue, prefetch: 1)
        var two = try await bench.reader(of: queue, prefetch: 1)
        _ = bench.send(bench.work(0..<2))
        let shared = try await one.take(1).numbers + two.take(1).numbers
        bench.expect(shared.sorted() == [0, 1])
    }

    @Sendable private static func replies(_ bench: TransportBench) async throws {
        let queue = "reply.\(bench.hub.text)"
        var reader = QueueReader(try await bench.transport.consumeReplies(queue))
        let replies = (0..<3).map { bench.message($0, exchange: "", key: queue) }
        bench.expect(try await bench.send(replies).value == [.confirmed, .confirmed, .confirmed])
        bench.expect(try await reader.take(3).numbers == [0, 1, 2])
        await reader.subscription.close()
        guard case .returned? = try await bench.send([try replies.at(0)]).value.first else {
            bench.fail("a reply to a requester that left is returned")
            return
        }
    }

    @Sendable private static func watching(_ bench: TransportBench) async throws {
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
            bench.expect(message.numbers == [number])
            everything.acknowledge(message)
        }
        bench.expect(try await QueueReader(errors).taking(2).numbers == [3, 4])
        bench.expect(try await bench.transport.depth(of: bench.hub.consoleQueue) == 5)

        // Nobody else may have the queue, and it goes with its watcher.
        await bench.findings.expectThrows((any Error).self) {
            _ = try await bench.transport.watch(console, routingKey: "#", queue: "\(bench.hub).all", prefetch: 2)
        }
        await all.close()
        bench.expect(try await bench.send(lines(5..<6, "info")).value == [.confirmed])
        let again = try await bench.transport.watch(
            console, routingKey: "#", queue: "\(bench.hub).all", prefetch: 2)
        _ = try await bench.send(lines(6..<7, "info")).value
        bench.expect(try await QueueReader(again).taking(1).numbers == [6])

        let error = await bench.findings.expectThrows((any Error).self) {
            _ = try await bench.transport.watch(
                "\(bench.hub).nothing", routingKey: "#", queue: "\(bench.hub).none", prefetch: 1)
        }
        bench.expect("\(error as (any Error)?)".contains("\(bench.hub).nothing"))
    }

    @Sendable private static func manyReplies(_ bench: TransportBench) async throws {
        let queue = "reply.\(bench.hub).many"
        let subscription = try await bench.transport.consumeReplies(queue)
        let replies = (0..<2500).map { bench.message($0, exchange: "", key: queue) }
        bench.expect(try await bench.send(replies).value == Array(repeating: .confirmed, count: 2500))
        var reader = QueueReader(subscription)
        bench.expect(try await reader.take(2500).numbers == Array(0..<2500))
        await subscription.close()
    }

    @Sendable private static func unknownQueue(_ bench: TransportBench) async throws {
        let error = await bench.findings.expectThrows((any Error).self) {
            _ = try await bench.transport.consume("\(bench.hub).nothing", prefetch: 1)
        }
        bench.expect("\(error as (any Error)?)".contains("\(bench.hub).nothing"))
    }

    @Sendable private static func shutdown(_ bench: TransportBench) async throws {
        var reader = try await bench.reader(of: bench.hub.partitionQueue(0, of: 2))
        let pending = bench.send(bench.work(0..<5))
        await bench.transport.shutdown()
        for outcome in try await pending.value {
            switch outcome {
            case .confirmed, .unknown: break
            default: bench.fail("\(outcome)")
            }
        }
        bench.expect(try await reader.ends())
        guard case .unknown? = try await bench.send(bench.work(0..<1)).value.first else {
            bench.fail("a publish after the shutdown is unknown")
            return
        }
    }
}
