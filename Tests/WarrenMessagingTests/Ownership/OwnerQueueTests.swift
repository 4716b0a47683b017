import AMQPMessages
import Logging
import Synchronization
import TestSupport
import Testing
import Warren
import WarrenTestKit

@testable import WarrenMessaging

/// Who owns a partition, and who holds a lock: the same over every transport.
@Suite(.timeLimit(.minutes(5))) struct OwnerQueueTests {
    private static let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

    /// Only against a hang: everything here is known long before.
    private let patience = Duration.seconds(240)

    private func record(_ storeID: String, in directory: String? = "/data") -> OwnerRecord {
        OwnerRecord(
            storeID: storeID, host: "host-\(storeID)", process: 1, dataDirectory: directory,
            since: Timestamp(microseconds: 1_000_000))
    }

    private func ownerQueue(_ bench: TransportBench, on transport: (any MessageTransport)? = nil) -> OwnerQueue {
        OwnerQueue(bench.hub, partition: 1, of: 2, on: transport ?? bench.transport, logger: Self.logger)
    }

    /// Returns when the record and nothing else is in the queue: what a closed channel held comes back a moment later.
    private func holdsOneMessage(_ queue: OwnerQueue, _ bench: TransportBench) async throws {
        try await untilSeen("one message in \(queue.name)") { try await bench.transport.depth(of: queue.name) == 1 }
    }

    /// Tries until nobody holds the lock: a broker removes what a closed channel held a moment later.
    private func consume(_ queue: String, on terms: ConsumeTerms, _ transport: any MessageTransport) async throws
        -> any MessageSubscription
    {
        while true {
            do {
                return try await transport.consume(queue, prefetch: 10, on: terms)
            } catch let error as MessagingError where [.inUse, .missing].contains(error.code) {
                try Task.checkCancellation()
                await Task.yield()
            }
        }
    }

    @Test(arguments: TransportUnderTest.all)
    func `the first store to claim a partition has it, and every other is told whose it is`(
        kind: TransportUnderTest
    ) async throws {
        try await TransportBench.with(kind) { bench async throws in
            let queue = ownerQueue(bench)
            #expect(try await queue.owner() == nil)
            let first = record("a")
            #expect(try await queue.claim(first, replacingVolatile: true, patience: patience) == .owned)
            for _ in 0..<3 {
                let other = record("b")
                #expect(
                    try await queue.claim(other, replacingVolatile: true, patience: patience) == .refused(first))
            }
            // The same store from elsewhere: the record moves with it.
            let moved = record("a", in: "/elsewhere")
            #expect(try await queue.claim(moved, replacingVolatile: true, patience: patience) == .owned)
            #expect(try await queue.owner() == moved)
            try await holdsOneMessage(queue, bench)
        }
    }

    @Test(arguments: TransportUnderTest.all)
    func `of many stores that claim at once exactly one gets the partition`(kind: TransportUnderTest) async throws {
        try await TransportBench.with(kind) { bench async throws in
            let claims = try await withThrowingTaskGroup(of: OwnerQueue.Claim.self) { group in
                for number in 0..<8 {
                    group.addTask {
                        try await ownerQueue(bench).claim(
                            record("\(number)"), replacingVolatile: true, patience: patience)
                    }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(claims.count { $0 == .owned } == 1)
            let owner = try #require(try await ownerQueue(bench).owner())
            #expect(claims.allSatisfy { $0 == .owned || $0 == .refused(owner) })
            try await holdsOneMessage(ownerQueue(bench), bench)
        }
    }

    @Test(arguments: TransportUnderTest.all)
    func `a store in memory is replaced by whoever knows that its host is gone`(kind: TransportUnderTest) async throws {
        try await TransportBench.with(kind) { bench async throws in
            let queue = ownerQueue(bench)
            let memory = record("m", in: nil)
            #expect(try await queue.claim(memory, replacingVolatile: true, patience: patience) == .owned)
            #expect(
                try await queue.claim(record("a"), replacingVolatile: false, patience: patience) == .refused(memory)
            )
            #expect(try await queue.claim(record("a"), replacingVolatile: true, patience: patience) == .owned)
            #expect(
                try await queue.claim(memory, replacingVolatile: true, patience: patience) == .refused(record("a")))
        }
    }

    @Test(arguments: TransportUnderTest.all)
    func `what does not belong into an owner queue is removed, and changes nothing`(
        kind: TransportUnderTest
    ) async throws {
        try await TransportBench.with(kind) { bench async throws in
            let queue = ownerQueue(bench)
            let litter = [
                bench.message(0, exchange: "", key: queue.name), OwnerCodec.probe(id: "gone", queue: queue.name),
            ]
            #expect(try await bench.send(litter).value == [.confirmed, .confirmed])
            #expect(try await queue.claim(record("a"), replacingVolatile: true, patience: patience) == .owned)
            #expect(try await bench.send(litter).value == [.confirmed, .confirmed])
            #expect(try await queue.owner() == record("a"))
            try await holdsOneMessage(queue, bench)
        }
    }

    @Test(arguments: TransportUnderTest.all)
    func `a record that was delivered often is written anew, once nothing is behind it`(
        kind: TransportUnderTest
    ) async throws {
        try await TransportBench.with(kind) { bench async throws in
            let queue = ownerQueue(bench)
            func read(_ body: (inout OwnerReading) async throws -> Void) async throws -> [OwnerLedger.Entry] {
                let subscription = try await bench.transport.consume(queue.name, prefetch: 100)
                var reading = OwnerReading(subscription, queue: queue.name, transport: bench.transport)
                try await reading.readAll()
                try await body(&reading)
                await subscription.close()
                return reading.ledger.records
            }
            // A refused host was killed before it took its claim back.
            _ = try await read { reading in
                _ = try await reading.append(record("a"))
                _ = try await reading.append(record("b"))
            }
            let both = try await read { try await $0.renew(after: 0) }
            #expect(both.map(\.record.storeID) == ["a", "b"])
            let first = try await read { try await $0.renew(after: 0) }
            #expect(first.map(\.id) == both.prefix(1).map(\.id))
            let renewed = try await read { _ in }
            #expect(renewed.map(\.record) == [record("a")] && renewed.first?.id != both.first?.id)
        }
    }

    @Test(arguments: TransportUnderTest.all)
    func `a partition that no host has open can be released, and then it is anybody's`(
        kind: TransportUnderTest
    ) async throws {
        try await TransportBench.with(kind) { bench async throws in
            let queue = ownerQueue(bench)
            #expect(try await queue.claim(record("a"), replacingVolatile: true, patience: patience) == .owned)
            let host = try await bench.transport.consume(
                bench.hub.partitionQueue(1, of: 2), prefetch: 1, on: ConsumeTerms(lock: bench.hub.ownerLock(1, of: 2)))
            let error = await #expect(throws: MessagingError.self) { _ = try await queue.release(patience: .zero) }
            #expect(error?.code == .inUse)
            await host.close()
            #expect(try await queue.release(patience: patience) == record("a"))
            #expect(try await queue.claim(record("b"), replacingVolatile: true, patience: patience) == .owned)
        }
    }

    @Test(arguments: TransportUnderTest.all)
    func `a lock has one holder, on the same connection or another, and is free when that closes`(
        kind: TransportUnderTest
    ) async throws {
        try await TransportBench.with(kind) { bench async throws in
            let work = bench.hub.activityQueue("Work")
            let terms = ConsumeTerms(lock: "\(bench.hub).some.lock")
            let first = try await bench.transport.consume(work, prefetch: 1, on: terms)
            let second = kind.description == "broker" ? try await kind.make() : bench.transport
            for transport in [bench.transport, second] {
                let error = await #expect(throws: MessagingError.self) {
                    _ = try await transport.consume(work, prefetch: 1, on: terms)
                }
                #expect(error?.code == .inUse)
            }
            await first.close()
            let next = try await consume(work, on: terms, second)
            await next.close()
            if second !== bench.transport { await second.shutdown() }
        }
    }

    @Test(arguments: TransportUnderTest.all)
    func `nothing is delivered to a consumer that is not admitted, and it holds nothing`(
        kind: TransportUnderTest
    ) async throws {
        struct No: Error {}
        try await TransportBench.with(kind) { bench async throws in
            let work = bench.hub.activityQueue("Work")
            let lock = "\(bench.hub).some.lock"
            _ = bench.send(bench.work(0..<1))
            let refused = ConsumeTerms(lock: lock) { _ in throw No() }
            await #expect(throws: No.self) {
                _ = try await bench.transport.consume(work, prefetch: 1, on: refused)
            }
            let answers = Mutex<[Bool]>([])
            let admitted = ConsumeTerms(lock: lock) { isAgain in answers.withLock { $0.append(isAgain) } }
            var reader = QueueReader(try await consume(work, on: admitted, bench.transport))
            let taken = try await reader.take(1)
            #expect(taken.numbers == [0] && taken[0].isRedelivered == false)
            reader.acknowledge(taken)
            #expect(answers.withLock { Set($0) } == [false])
        }
    }
}
