import AMQPMessages
import TestSupport
import Testing
import WarrenTestKit

@testable import WarrenMessaging

/// What streams of the in-process transport do beyond the common suite: faults, bounds, and coming to rest.
@Suite(.timeLimit(.minutes(5))) struct InProcessStreamTests {
    private func stream(
        bytes: Int64 = 1 << 20, _ body: (TransportBench, InProcessTransport, String) async throws -> Void
    ) async throws {
        let transport = InProcessTransport()
        let kind = TransportUnderTest(description: "in-process") { transport }
        try await TransportBench.with(kind) { bench async throws in
            var topology = bench.stream
            topology.queues[0].arguments["x-max-length-bytes"] = .int64(bytes)
            try await transport.provision(topology)
            try await body(bench, transport, topology.queues[0].name)
        }
    }

    @Test func `faults happen in the order in which they were planted`() async throws {
        try await stream { bench, transport, name async throws in
            transport.plantStreamFault(on: name, .lose(2))
            transport.plantStreamFault(on: name, .repeatNext)
            transport.plantStreamFault(on: name, .refuse)
            let outcomes = try await bench.append(0..<6)
            #expect(outcomes == [.confirmed, .confirmed, .confirmed, .refused, .confirmed, .confirmed])
            var reader = QueueReader(try await transport.tail(name, from: .first))
            let records = try await reader.take(4)
            #expect(records.numbers == [2, 2, 4, 5] && records.map(\.streamOffset) == [0, 1, 2, 3])
        }
    }

    @Test func `records that are held back are confirmed and stored when they are released`() async throws {
        try await stream { bench, transport, name async throws in
            transport.plantStreamFault(on: name, .delay(3))
            let held = bench.send((0..<2).map { bench.message($0, exchange: "", key: name) })
            var reader = QueueReader(try await transport.tail(name, from: .first))
            await transport.quiescence()
            #expect(!held.isFinished)
            #expect(try await transport.depth(of: name) == 0)
            transport.releaseStream(name)
            #expect(try await held.value == [.confirmed, .confirmed])
            // The release ends the fault, although a third record could have been held back.
            #expect(try await bench.append(2..<3) == [.confirmed])
            #expect(try await reader.take(3).numbers == [0, 1, 2])
        }
    }

    @Test func `later records overtake one that is held back`() async throws {
        try await stream { bench, transport, name async throws in
            transport.plantStreamFault(on: name, .delay(1))
            let held = bench.send((0..<3).map { bench.message($0, exchange: "", key: name) })
            var reader = QueueReader(try await transport.tail(name, from: .first))
            #expect(try await reader.take(2).numbers == [1, 2])
            transport.releaseStream(name)
            #expect(try await reader.take(1).numbers == [0])
            #expect(try await held.value == [.confirmed, .confirmed, .confirmed])
        }
    }

    @Test func `a record that is held back in a deleted stream ends as unknown`() async throws {
        try await stream { bench, transport, name async throws in
            transport.plantStreamFault(on: name, .delay(1))
            let held = bench.send([bench.message(0, exchange: "", key: name)])
            try await transport.deleteQueue(name)
            guard case .unknown = try await held.value.first else {
                Issue.record("The record counts as safe.")
                return
            }
        }
    }

    @Test func `a stream that is too large loses its oldest records, and early readers start later`() async throws {
        try await stream(bytes: 50) { bench, transport, name async throws in
            _ = try await bench.append(100..<200)
            #expect(try await transport.depth(of: name) == 16)
            var reader = QueueReader(try await transport.tail(name, from: .offset(3)))
            let records = try await reader.take(16)
            #expect(records.numbers == Array(184..<200) && records.first?.streamOffset == 84)
            // One record stays, however large it is.
            let large = OutboundMessage(routingKey: name, body: Array(repeating: 0, count: 1000))
            #expect(try await bench.send([large]).value == [.confirmed])
            #expect(try await transport.depth(of: name) == 1)
            #expect(try await reader.take(1).first?.streamOffset == 100)
        }
    }

    @Test func `a batch is bounded`() async throws {
        try await stream(bytes: 1 << 30) { bench, transport, name async throws in
            _ = try await bench.append(0..<1000)
            let tail = try await transport.tail(name, from: .first)
            var batches = tail.batches.makeAsyncIterator()
            #expect(try await batches.next(isolation: nil)?.count == BrokerStream.batchLimit.records)
            await tail.close()
            let large = OutboundMessage(routingKey: name, body: Array(repeating: 0, count: 5 << 20))
            _ = try await bench.send([large, large]).value
            batches = try await transport.tail(name, from: .offset(1000)).batches.makeAsyncIterator()
            #expect(try await batches.next(isolation: nil)?.count == 1)
            #expect(try await batches.next(isolation: nil)?.count == 1)
        }
    }

    @Test func `the transport rests when every tail has read everything`() async throws {
        try await stream { bench, transport, name async throws in
            _ = try await bench.append(0..<2)
            await transport.quiescence()
            var reader = QueueReader(try await transport.tail(name, from: .first))
            #expect(!transport.isQuiescent)
            _ = try await reader.take(2)
            await transport.quiescence()
            // A reader that waits for an offset beyond the end has nothing to read.
            let beyond = try await transport.tail(name, from: .offset(10))
            #expect(transport.isQuiescent)
            _ = try await bench.append(2..<3)
            #expect(!transport.isQuiescent)
            await reader.subscription.close()
            await transport.quiescence()
            await beyond.close()
        }
    }

    @Test func `nothing is taken from a stream`() async throws {
        try await stream { _, transport, name async throws in
            let error = await #expect(throws: MessagingError.self) { try await transport.consume(name, prefetch: 1) }
            #expect(error?.code == .unsupported && error?.message.contains("stream") == true)
        }
    }

    @Test func `the consumers of a deleted queue end with an error, and its messages as unknown`() async throws {
        try await stream { bench, transport, _ async throws in
            let queue = bench.hub.activityQueue("Work")
            let pending = bench.send(bench.work(0..<3))
            var reader = try await bench.reader(of: queue, prefetch: 1)
            _ = try await reader.take(1)
            try await transport.deleteQueue(queue)
            let error = await #expect(throws: MessagingError.self) { try await reader.take(1) }
            #expect(error?.code == .missing)
            for outcome in try await pending.value {
                guard case .unknown = outcome else {
                    Issue.record("\(outcome)")
                    continue
                }
            }
            #expect(transport.unsettled == 0)
            await transport.quiescence()
        }
    }
}
