import AMQP
import AMQPMessages
import Logging
import Synchronization
import TestSupport
import Testing
import WarrenTestKit

@testable import WarrenMessaging

/// Streams over connections and brokers that end: every record is read once, in its order.
@Suite(
    "Streams over a RabbitMQ that fails", .serialized, .timeLimit(.minutes(5)),
    .enabled(if: TestBroker.isControllable, TestBroker.controlRemedy))
struct StreamFaultTests {
    private func run(_ body: (TransportBench, String) async throws -> Void) async throws {
        for kind in TransportUnderTest.all where kind.description == "broker" {
            try await TransportBench.with(kind) { bench async throws in
                try await bench.transport.provision(bench.stream)
                let name = bench.stream.queues[0].name
                try await body(bench, name)
                try await bench.transport.deleteQueue(name)
            }
        }
    }

    /// Appends numbers until each of them is confirmed; some may be there twice then.
    private func append(_ numbers: Range<Int>, to bench: TransportBench) async throws {
        var open = Array(numbers)
        while !open.isEmpty {
            let messages = open.map { bench.message($0, exchange: "", key: bench.stream.queues[0].name) }
            let outcomes = try await bench.send(messages).value
            open = zip(open, outcomes).filter { $0.1 != .confirmed }.map(\.0)
        }
    }

    /// Reads until the last of so many numbers, and checks that no offset is left out or comes twice.
    private func check(_ subscription: any MessageSubscription, from first: Int64, until last: Int) async throws {
        var expected = first
        var numbers: Set<Int> = []
        for try await batch in subscription.batches {
            for record in batch {
                #expect(record.streamOffset == expected)
                expected = (record.streamOffset ?? expected) + 1
            }
            numbers.formUnion(batch.numbers)
            if numbers.contains(last) { break }
        }
        #expect(numbers.isSuperset(of: Int(first)...last))
    }

    @Test("Over closed connections a reader goes on behind the last record, also when much waits to be read")
    func closedConnections() async throws {
        try await run { bench, name in
            try await append(0..<3000, to: bench)
            let tail = try await bench.transport.tail(name, from: .offset(100))
            let idle = try await bench.transport.tail(name, from: .first)
            async let read: Void = check(tail, from: 100, until: 5999)
            for start in stride(from: 3000, to: 6000, by: 1000) {
                async let closed: Void = TestBroker.control("ctl", "close_all_connections", "test")
                try await append(start..<(start + 1000), to: bench)
                try await closed
            }
            try await read
            try await check(idle, from: 0, until: 5999)
        }
    }

    @Test("Over a broker that is killed a reader goes on behind the last record, and no stream counts as missing")
    func killed() async throws {
        try await run { bench, name in
            try await append(0..<500, to: bench)
            let tail = try await bench.transport.tail(name, from: .first)
            let waiting = try await bench.transport.tail(name, from: .offset(500))
            var records = QueueReader(tail)
            #expect(try await records.take(500).numbers == Array(0..<500))
            try await TestBroker.control("settle")
            try await TestBroker.interrupted { try await TestBroker.control("kill") }
            // The first question after the start may find a node that has not found its streams yet.
            while true {
                do {
                    _ = try await bench.transport.depth(of: name)
                    break
                } catch let error as MessagingError {
                    #expect(error.code == .interrupted, "\(error)")
                } catch let error as AMQPError {
                    #expect(error.isTransient, "\(error)")
                }
            }
            try await append(500..<600, to: bench)
            async let read: Void = check(waiting, from: 500, until: 599)
            let rest = try await records.take(100)
            #expect(rest.first?.streamOffset == 500)
            try await read
        }
    }
}
