import CoreMetrics
import MetricsTestKit
import Testing
import Warren
import WarrenMessaging
import WarrenStorage

@testable import WarrenHost

@Suite("Metrics of a partition", .timeLimit(.minutes(1)))
struct PartitionMetricsTests {
    private let metrics = TestMetrics()
    private let labels = [("hub", "h"), ("partition", "3")]

    private func make() -> PartitionMetrics {
        let host = HostMetrics(metrics, hub: "h", partitionCount: 4, orchestrations: [], activities: [])
        return PartitionMetrics(host, partition: 3)
    }

    private func gauge(_ name: String) throws -> Double? { try metrics.expectMeter(name, labels).lastValue }

    @Test("The load of a round is shown; ages grow while nothing happens, and all is zero when the partition has ended")
    func load() throws {
        let partition = make()
        let written = Timestamp(microseconds: 10_000_000)
        partition.note(
            PartitionLoad(outboxRows: 7, parkedRows: 2, held: 3, oldestRow: written), mailbox: 5,
            at: written.advanced(by: .seconds(4)))
        #expect(try gauge("warren_outbox_rows") == 7 && gauge("warren_outbox_parked_rows") == 2)
        #expect(try gauge("warren_held_messages") == 3 && gauge("warren_mailbox_depth") == 5)
        #expect(try gauge("warren_outbox_oldest_seconds") == 4)
        partition.collect(mailbox: 6, at: written.advanced(by: .seconds(90)))
        #expect(try gauge("warren_outbox_oldest_seconds") == 90 && gauge("warren_mailbox_depth") == 6)
        // A clock that was put back does not make it negative.
        partition.collect(mailbox: 6, at: Timestamp(microseconds: 0))
        #expect(try gauge("warren_outbox_oldest_seconds") == 0)
        partition.ended()
        #expect(try gauge("warren_outbox_rows") == 0 && gauge("warren_mailbox_depth") == 0)
        partition.collect(mailbox: 0, at: written)
        #expect(try gauge("warren_outbox_rows") == 0)
    }

    @Test("People are shown the load and the commits of a partition that no metrics are collected of")
    func figures() throws {
        let partition = PartitionMetrics.none
        let written = Timestamp(microseconds: 10_000_000)
        partition.note(PartitionLoad(outboxRows: 7, oldestRow: written), mailbox: 5, at: written)
        for _ in 0..<3 { partition.committed(.success(()), since: partition.commitBegan() - .milliseconds(8)) }
        partition.committed(.failure(StorageError(.io, "No.")), since: partition.commitBegan())
        let figures = partition.figures(at: written.advanced(by: .seconds(2)))
        #expect(figures.outboxRows == 7 && figures.outboxOldest == 2 && figures.mailbox == 5)
        #expect(figures.commits == 3)
        #expect(try #require(figures.commitMedian) >= 0.008)
        partition.ended()
        #expect(partition.figures(at: written).outboxRows == 0)
    }

    @Test("The time of a closed gate is counted while it is closed, when it opens, and when the partition ends")
    func gates() throws {
        let sums = SummedMetrics()
        func closed(_ gate: String) throws -> Double {
            try #require(sums.sum("warren_gate_closed_seconds_total", labels + [("gate", gate)]))
        }
        let host = HostMetrics(sums, hub: "h", partitionCount: 4, orchestrations: [], activities: [])
        let partition = PartitionMetrics(host, partition: 3)
        let now = Timestamp(microseconds: 0)
        let start = ContinuousClock.now
        partition.note(PartitionLoad(takesIntake: false, firesTimers: true), mailbox: 0, at: now)
        partition.collect(mailbox: 0, at: now)
        let first = try closed("intake")
        #expect(try first > 0 && closed("timers") == 0)
        partition.note(PartitionLoad(), mailbox: 0, at: now)
        let second = try closed("intake")
        #expect(second > first && .seconds(second) <= ContinuousClock.now - start)
        partition.collect(mailbox: 0, at: now)
        #expect(try closed("intake") == second)
        partition.note(PartitionLoad(takesIntake: false, firesTimers: false), mailbox: 0, at: now)
        partition.ended()
        let third = try closed("intake")
        #expect(try third > second && closed("timers") > 0)
        partition.collect(mailbox: 0, at: now)
        #expect(try closed("intake") == third)
    }

    @Test("Commits on their way are counted up and down, and only durable ones have a duration")
    func commits() throws {
        let partition = make()
        let first = partition.commitBegan()
        let second = partition.commitBegan()
        #expect(try gauge("warren_rounds_in_flight") == 2)
        partition.committed(.success(()), since: first)
        partition.committed(.failure(StorageError(.full, "no room")), since: second)
        #expect(try gauge("warren_rounds_in_flight") == 0)
        #expect(try metrics.expectTimer("warren_commit_duration_seconds", labels).values.count == 1)
    }

    @Test("A name that is not registered counts as 'other', and no series is made for it")
    func names() throws {
        let host = HostMetrics(metrics, hub: "h", partitionCount: 1, orchestrations: ["A", "other"], activities: ["B"])
        let before = metrics.counters.count
        for name in ["A", "other", "Invented", ""] { host.instanceFailed(name) }
        for name in ["B", "Invented"] { host.activity(name).retries.increment() }
        func failed(_ name: String) throws -> Int64 {
            try metrics.expectCounter(
                "warren_instances_failed_total", [("hub", "h"), ("orchestration", name)]
            ).totalValue
        }
        #expect(try failed("A") == 1 && failed("other") == 3)
        #expect(metrics.counters.count == before)
    }
}
