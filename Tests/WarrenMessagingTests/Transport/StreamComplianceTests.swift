import AMQPMessages
import Testing
import Warren

@testable import WarrenMessaging

/// What every transport promises about streams, run over all of them.
@Suite(.timeLimit(.minutes(5))) struct StreamComplianceTests {
    /// Runs a test with an empty stream of its own.
    private func stream(
        _ kind: TransportUnderTest, _ body: (TransportBench, String) async throws -> Void
    ) async throws {
        try await TransportBench.with(kind) { bench async throws in
            try await bench.transport.provision(bench.stream)
            try await body(bench, bench.stream.queues[0].name)
            try await bench.transport.deleteQueue(bench.stream.queues[0].name)
        }
    }

    @Test(arguments: TransportUnderTest.all)
    func `a stream is read from its first record, any number of times, with everything that was sent`(
        kind: TransportUnderTest
    ) async throws {
        try await stream(kind) { bench, name async throws in
            #expect(try await bench.append(0..<1000) == Array(repeating: .confirmed, count: 1000))
            for _ in 0..<2 {
                var reader = QueueReader(try await bench.transport.tail(name, from: .first))
                let records = try await reader.take(1000)
                #expect(records.numbers == Array(0..<1000))
                #expect(records.map(\.streamOffset) == (0..<1000).map { Int64($0) })
                #expect(records.allSatisfy { $0.properties == MessageProperties(isPersistent: true) })
                // Acknowledging is not needed, and does no harm.
                reader.acknowledge(records)
                _ = try await bench.append(1000..<1001)
                #expect(try await reader.take(1).first?.streamOffset.map { $0 >= 1000 } == true)
                await reader.subscription.close()
            }
            // A broker counts the records of a stream now and then.
            while try await bench.transport.depth(of: name) != 1002 {}
        }
    }

    @Test(arguments: TransportUnderTest.all)
    func `a stream is read from exactly an offset on, and from its end`(kind: TransportUnderTest) async throws {
        try await stream(kind) { bench, name async throws in
            _ = try await bench.append(0..<200)
            var middle = QueueReader(try await bench.transport.tail(name, from: .offset(117)))
            var behind = QueueReader(try await bench.transport.tail(name, from: .offset(200)))
            var next = QueueReader(try await bench.transport.tail(name, from: .next))
            var last = QueueReader(try await bench.transport.tail(name, from: .last))
            var early = QueueReader(try await bench.transport.tail(name, from: .offset(-5)))
            #expect(try await middle.take(83).numbers == Array(117..<200))
            #expect(try await early.take(200).numbers == Array(0..<200))
            let newest = try #require(try await last.take(1).first?.streamOffset)
            #expect((0..<200).contains(newest))
            _ = try await bench.append(200..<202)
            #expect(try await behind.take(2).numbers == [200, 201])
            #expect(try await next.take(2).numbers == [200, 201])
            #expect(try await middle.take(2).map(\.streamOffset) == [200, 201])
            #expect(try await last.take(Int(201 - newest)).last?.streamOffset == 201)
        }
    }

    @Test(arguments: TransportUnderTest.all)
    func `a reader beyond the end waits until the stream reaches its offset`(kind: TransportUnderTest) async throws {
        try await stream(kind) { bench, name async throws in
            _ = try await bench.append(0..<10)
            var beyond = QueueReader(try await bench.transport.tail(name, from: .offset(12)))
            var all = QueueReader(try await bench.transport.tail(name, from: .first))
            for number in 10..<14 { _ = try await bench.append(number..<(number + 1)) }
            #expect(try await all.take(14).numbers == Array(0..<14))
            #expect(try await beyond.take(2).numbers == [12, 13])
        }
    }

    @Test(arguments: TransportUnderTest.all)
    func `a reader that stands still holds up nobody, and finds its place again`(
        kind: TransportUnderTest
    ) async throws {
        try await stream(kind) { bench, name async throws in
            var slow = QueueReader(try await bench.transport.tail(name, from: .first))
            var fast = QueueReader(try await bench.transport.tail(name, from: .first))
            for start in stride(from: 0, to: 3000, by: 500) {
                _ = try await bench.append(start..<(start + 500))
                #expect(try await fast.take(500).numbers == Array(start..<(start + 500)))
            }
            #expect(try await slow.take(3000).numbers == Array(0..<3000))
        }
    }

    @Test(arguments: TransportUnderTest.all)
    func `a reader that was paused goes on where it stopped`(kind: TransportUnderTest) async throws {
        try await stream(kind) { bench, name async throws in
            var reader = QueueReader(try await bench.transport.tail(name, from: .first))
            _ = try await bench.append(0..<3)
            #expect(try await reader.take(3).numbers == [0, 1, 2])
            await reader.subscription.setPrefetch(0)
            _ = try await bench.append(3..<6)
            await reader.subscription.setPrefetch(2)
            #expect(try await reader.take(3).numbers == [3, 4, 5])
            await reader.subscription.close()
            #expect(try await reader.ends())
        }
    }

    @Test(arguments: TransportUnderTest.all)
    func `a stream that is missing is an error at once, and for its publishers`(kind: TransportUnderTest) async throws {
        try await TransportBench.with(kind) { bench async throws in
            let name = bench.stream.queues[0].name
            let error = await #expect(throws: MessagingError.self) {
                _ = try await bench.transport.tail(name, from: .first)
            }
            #expect(error?.code == .missing && error?.message.contains(name) == true)
            guard case .returned(312, _) = try await bench.append(0..<1).first else {
                Issue.record("A record for a stream that does not exist was taken.")
                return
            }
            try await bench.transport.deleteQueue(name)
        }
    }

    @Test(arguments: TransportUnderTest.all)
    func `readers of a stream that is deleted end with an error`(kind: TransportUnderTest) async throws {
        try await stream(kind) { bench, name async throws in
            _ = try await bench.append(0..<2)
            var waiting = QueueReader(try await bench.transport.tail(name, from: .first))
            #expect(try await waiting.take(2).numbers == [0, 1])
            try await bench.transport.deleteQueue(name)
            let error = await #expect(throws: MessagingError.self) { try await waiting.take(1) }
            #expect(error?.code == .missing && error?.message.contains(name) == true)
            guard case .returned = try await bench.append(2..<3).first else {
                Issue.record("A record for a deleted stream was taken.")
                return
            }
            // One of the same name begins anew.
            try await bench.transport.provision(bench.stream)
            _ = try await bench.append(7..<8)
            var fresh = QueueReader(try await bench.transport.tail(name, from: .first))
            let record = try await fresh.take(1)
            #expect(record.numbers == [7] && record.first?.streamOffset == 0)
        }
    }

    @Test(arguments: TransportUnderTest.all)
    func `a queue is not read as a stream, and loses nothing by the attempt`(kind: TransportUnderTest) async throws {
        try await TransportBench.with(kind) { bench async throws in
            let queue = bench.hub.consoleQueue
            let console = bench.message(1, exchange: bench.hub.consoleExchange, key: "info.A")
            #expect(try await bench.send([console]).value == [.confirmed])
            let error = await #expect(throws: MessagingError.self) {
                var reader = QueueReader(try await bench.transport.tail(queue, from: .first))
                _ = try await reader.take(1)
            }
            #expect(error?.code == .unsupported && error?.message.contains(queue) == true)
            var reader = try await bench.reader(of: queue)
            let taken = try await reader.take(1)
            #expect(taken.numbers == [1] && taken.first?.streamOffset == nil)
            reader.acknowledge(taken)
        }
    }

    @Test(arguments: TransportUnderTest.all)
    func `a queue is deleted with what is in it, and a missing one is no error`(kind: TransportUnderTest) async throws {
        try await TransportBench.with(kind) { bench async throws in
            let queue = bench.hub.activityQueue("Work")
            let pending = bench.send(bench.work(0..<2))
            try await bench.transport.deleteQueue(queue)
            try await bench.transport.deleteQueue(queue)
            _ = try await pending.value
            let error = await #expect(throws: MessagingError.self) { try await bench.transport.depth(of: queue) }
            #expect(error?.code == .missing)
        }
    }

    @Test(arguments: TransportUnderTest.all)
    func `a journalled hub is told by its streams, which keep the size that they were made with`(
        kind: TransportUnderTest
    ) async throws {
        try await TransportBench.with(kind) { bench async throws in
            let (transport, hub) = (bench.transport, bench.hub)
            #expect(try await HubSize.durability(of: hub, on: transport, partitions: 2) == .local)
            let small = TaskHubTopology.hub(hub, partitions: 2, durability: .journal, journalBytes: 64 << 20)
            let error = await #expect(throws: MessagingError.self) { try await transport.verify(small) }
            #expect(error?.code == .missing)
            try await transport.provision(small)
            #expect(try await HubSize.durability(of: hub, on: transport, partitions: 2) == .journal)
            #expect(try await HubSize.partitionCount(of: hub, on: transport) == 2)
            let large = TaskHubTopology.hub(hub, partitions: 2, durability: .journal)
            try await transport.provision(large)
            try await transport.verify(large)
            try await transport.verify(TaskHubTopology.hub(hub, partitions: 2))
        }
    }
}

extension TransportBench {
    /// A stream beside the hub's queues.
    var stream: Topology {
        Topology(queues: [
            .init(
                name: hub.journalStream(7, of: 8),
                arguments: ["x-queue-type": "stream", "x-max-length-bytes": .int64(64 << 20)])
        ])
    }

    /// Publishes records to the stream.
    func append(_ numbers: Range<Int>) async throws -> [PublishOutcome] {
        try await send(numbers.map { message($0, exchange: "", key: stream.queues[0].name) }).value
    }
}
