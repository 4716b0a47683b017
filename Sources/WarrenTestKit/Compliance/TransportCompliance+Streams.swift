import AMQPMessages
import Warren
import WarrenMessaging

/// Streams and their readers.
extension TransportCompliance {
    static let streams: [Check] = [
        Check(
            "A stream is read from its first record, any number of times, with everything that was sent", fromTheFirst),
        Check("A stream is read from exactly an offset on, and from its end", fromAnOffset),
        Check("A reader beyond the end waits until the stream reaches its offset", beyondTheEnd),
        Check("A reader that stands still holds up nobody, and finds its place again", slowReader),
        Check("A reader that was paused goes on where it stopped", paused),
        Check("A stream that is missing is an error at once, and for its publishers", missingStream),
        Check("Readers of a stream that is deleted end with an error", deletedStream),
        Check("A queue is not read as a stream, and loses nothing by the attempt", queueAsStream),
        Check("A queue is deleted with what is in it, and a missing one is no error", deletedQueue),
        Check("A journalled hub is told by its streams, which keep the size that they were made with", journalledHub),
    ]

    @Sendable private static func fromTheFirst(_ bench: TransportBench) async throws {
        try await bench.withStream { name in
            bench.expect(try await bench.append(0..<1000) == Array(repeating: .confirmed, count: 1000))
            for _ in 0..<2 {
                var reader = QueueReader(try await bench.transport.tail(name, from: .first))
                let records = try await reader.take(1000)
                bench.expect(records.numbers == Array(0..<1000))
                bench.expect(records.map(\.streamOffset) == (0..<1000).map { Int64($0) })
                bench.expect(records.allSatisfy { $0.properties == MessageProperties(isPersistent: true) })
                // Acknowledging is not needed, and does no harm.
                reader.acknowledge(records)
                _ = try await bench.append(1000..<1001)
                bench.expect(try await reader.take(1).first?.streamOffset.map { $0 >= 1000 } == true)
                await reader.subscription.close()
            }
            // A broker counts the records of a stream now and then.
            while try await bench.transport.depth(of: name) != 1002 { try Task.checkCancellation() }
        }
    }

    @Sendable private static func fromAnOffset(_ bench: TransportBench) async throws {
        try await bench.withStream { name in
            _ = try await bench.append(0..<200)
            var middle = QueueReader(try await bench.transport.tail(name, from: .offset(117)))
            var behind = QueueReader(try await bench.transport.tail(name, from: .offset(200)))
            var next = QueueReader(try await bench.transport.tail(name, from: .next))
            var last = QueueReader(try await bench.transport.tail(name, from: .last))
            var early = QueueReader(try await bench.transport.tail(name, from: .offset(-5)))
            bench.expect(try await middle.take(83).numbers == Array(117..<200))
            bench.expect(try await early.take(200).numbers == Array(0..<200))
            let newest = try bench.require(try await last.take(1).first?.streamOffset)
            bench.expect((0..<200).contains(newest))
            _ = try await bench.append(200..<202)
            bench.expect(try await behind.take(2).numbers == [200, 201])
            bench.expect(try await next.take(2).numbers == [200, 201])
            bench.expect(try await middle.take(2).map(\.streamOffset) == [200, 201])
            bench.expect(try await last.take(Int(201 - newest)).last?.streamOffset == 201)
        }
    }

    @Sendable private static func beyondTheEnd(_ bench: TransportBench) async throws {
        try await bench.withStream { name in
            _ = try await bench.append(0..<10)
            var beyond = QueueReader(try await bench.transport.tail(name, from: .offset(12)))
            var all = QueueReader(try await bench.transport.tail(name, from: .first))
            for number in 10..<14 { _ = try await bench.append(number..<(number + 1)) }
            bench.expect(try await all.take(14).numbers == Array(0..<14))
            bench.expect(try await beyond.take(2).numbers == [12, 13])
        }
    }

    @Sendable private static func slowReader(_ bench: TransportBench) async throws {
        try await bench.withStream { name in
            var slow = QueueReader(try await bench.transport.tail(name, from: .first))
            var fast = QueueReader(try await bench.transport.tail(name, from: .first))
            for start in stride(from: 0, to: 3000, by: 500) {
                _ = try await bench.append(start..<(start + 500))
                bench.expect(try await fast.take(500).numbers == Array(start..<(start + 500)))
            }
            bench.expect(try await slow.take(3000).numbers == Array(0..<3000))
        }
    }

    @Sendable private static func paused(_ bench: TransportBench) async throws {
        try await bench.withStream { name in
            var reader = QueueReader(try await bench.transport.tail(name, from: .first))
            _ = try await bench.append(0..<3)
            bench.expect(try await reader.take(3).numbers == [0, 1, 2])
            await reader.subscription.setPrefetch(0)
            _ = try await bench.append(3..<6)
            await reader.subscription.setPrefetch(2)
            bench.expect(try await reader.take(3).numbers == [3, 4, 5])
            await reader.subscription.close()
            bench.expect(try await reader.ends())
        }
    }

    @Sendable private static func missingStream(_ bench: TransportBench) async throws {
        let name = bench.streamName
        let error = await bench.findings.expectThrows(MessagingError.self) {
            _ = try await bench.transport.tail(name, from: .first)
        }
        bench.expect(error?.code == .missing && error?.message.contains(name) == true)
        guard case .returned(312, _) = try await bench.append(0..<1).first else {
            bench.fail("A record for a stream that does not exist was taken.")
            return
        }
        try await bench.transport.deleteQueue(name)
    }

    @Sendable private static func deletedStream(_ bench: TransportBench) async throws {
        try await bench.withStream { name in
            _ = try await bench.append(0..<2)
            var waiting = QueueReader(try await bench.transport.tail(name, from: .first))
            bench.expect(try await waiting.take(2).numbers == [0, 1])
            try await bench.transport.deleteQueue(name)
            let error = await bench.findings.expectThrows(MessagingError.self) { try await waiting.take(1) }
            bench.expect(error?.code == .missing && error?.message.contains(name) == true)
            guard case .returned = try await bench.append(2..<3).first else {
                bench.fail("A record for a deleted stream was taken.")
                return
            }
            // One of the same name begins anew.
            try await bench.transport.provision(bench.stream)
            _ = try await bench.append(7..<8)
            var fresh = QueueReader(try await bench.transport.tail(name, from: .first))
            let record = try await fresh.take(1)
            bench.expect(record.numbers == [7] && record.first?.streamOffset == 0)
        }
    }

    @Sendable private static func queueAsStream(_ bench: TransportBench) async throws {
        let queue = bench.hub.consoleQueue
        let console = bench.message(1, exchange: bench.hub.consoleExchange, key: "info.A")
        bench.expect(try await bench.send([console]).value == [.confirmed])
        let error = await bench.findings.expectThrows(MessagingError.self) {
            var reader = QueueReader(try await bench.transport.tail(queue, from: .first))
            _ = try await reader.take(1)
        }
        bench.expect(error?.code == .unsupported && error?.message.contains(queue) == true)
        var reader = try await bench.reader(of: queue)
        let taken = try await reader.take(1)
        bench.expect(taken.numbers == [1] && taken.first?.streamOffset == nil)
        reader.acknowledge(taken)
    }

    @Sendable private static func deletedQueue(_ bench: TransportBench) async throws {
        let queue = bench.hub.activityQueue("Work")
        let pending = bench.send(bench.work(0..<2))
        try await bench.transport.deleteQueue(queue)
        try await bench.transport.deleteQueue(queue)
        _ = try await pending.value
        let error = await bench.findings.expectThrows(MessagingError.self) {
            try await bench.transport.depth(of: queue)
        }
        bench.expect(error?.code == .missing)
    }

    @Sendable private static func journalledHub(_ bench: TransportBench) async throws {
        let (transport, hub) = (bench.transport, bench.hub)
        bench.expect(try await HubSize.durability(of: hub, on: transport, partitions: 2) == .local)
        let small = TaskHubTopology.hub(hub, partitions: 2, durability: .journal, journalBytes: 64 << 20)
        let error = await bench.findings.expectThrows(MessagingError.self) { try await transport.verify(small) }
        bench.expect(error?.code == .missing)
        try await transport.provision(small)
        bench.expect(try await HubSize.durability(of: hub, on: transport, partitions: 2) == .journal)
        bench.expect(try await HubSize.partitionCount(of: hub, on: transport) == 2)
        let large = TaskHubTopology.hub(hub, partitions: 2, durability: .journal)
        try await transport.provision(large)
        try await transport.verify(large)
        try await transport.verify(TaskHubTopology.hub(hub, partitions: 2))
    }
}
