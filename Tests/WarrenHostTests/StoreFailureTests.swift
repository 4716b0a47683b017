import AMQPMessages
import Logging
import Synchronization
import TestSupport
import Testing
import Warren
import WarrenClient
import WarrenMessaging
import WarrenPartition
import WarrenStorage
import WarrenTestKit

@testable import WarrenHost

/// Stores that fail while a host runs: the partition stops, acknowledges nothing more, and goes on when it can.
@Suite("Stores that fail at run time", .timeLimit(.minutes(5)))
struct StoreFailureTests {
    private static let double = Activity<Int, Int>("Double")
    private static let chain = Orchestration<Int, Int>("Chain")
    private static let sum = Orchestration<Int, Int>("Sum")
    private static let tick = Orchestration<Int, Int>("Tick")
    private static let echo = Orchestration<String, Int>("Echo")
    private static let add = ExternalEvent<Int>("Add")
    private static let failed = "A partition's store failed; it is opened again after a pause"

    private static func register(_ host: TaskHubHost) {
        host.register(double) { number in 2 * number }
        host.register(chain) { context, number in
            var number = number
            for _ in 0..<3 { number = try await context.call(double, number) }
            return number
        }
        host.register(sum) { context, start in
            var sum = start
            while true {
                let number = try await context.wait(for: add)
                if number == 0 { return sum }
                sum += number
            }
        }
        host.register(echo) { _, text in text.utf8.count }
    }

    /// Instance IDs of one partition.
    private static func ids(_ count: Int, in partition: Int) -> [String] {
        Array(
            (0...).lazy.map { "instance-\($0)" }
                .filter { Partitioning.partition(of: $0, count: Cluster.partitions) == partition }.prefix(count))
    }

    /// Publishes a start without waiting for anything: a partition that is down takes nothing.
    private func start<Input, Output>(
        _ orchestration: Orchestration<Input, Output>, _ input: String, id: String, in cluster: Cluster
    ) {
        let start = OutboundMessage(
            exchange: cluster.names.startExchange, routingKey: orchestration.name,
            properties: MessageProperties(
                contentType: "application/json", headers: ["warren-instance-id": .string(id)]),
            body: Array(input.utf8))
        cluster.transport.publish([start]) { outcomes in #expect(outcomes == [.confirmed]) }
    }

    /// Publishes an event as a client without message IDs does: whatever is taken twice counts twice.
    private func raise(_ number: Int, to id: String, in cluster: Cluster) {
        let event = OutboundMessage(
            exchange: cluster.names.eventExchange, routingKey: "\(id)/Add",
            properties: MessageProperties(contentType: "application/json"), body: Array("\(number)".utf8))
        cluster.transport.publish([event]) { outcomes in #expect(outcomes == [.confirmed]) }
    }

    private static func isFailure(_ line: LogLines.Line) -> Bool { line.message == failed }

    /// Lets the pause after a failure pass, and returns what was logged.
    private func mend(_ host: Cluster.Node) async throws -> LogLines.Line {
        let lines = try await host.log.wait(for: Self.failed)
        host.pass(.seconds(1))
        return try #require(lines.first)
    }

    /// Opens a partition's file, at first with a fault.
    private static func faulty(_ partition: Int, _ fault: FaultInjectingStore.Fault) -> Cluster.Open {
        let isFirst = Atomic(true)
        return { number, folder in
            let store = try Cluster.files(number, folder)
            guard number == partition, isFirst.exchange(false, ordering: .relaxed) else { return store }
            return FaultInjectingStore(store, fault: fault)
        }
    }

    @Test("A commit that fails loses nothing and takes nothing twice, whichever it is", arguments: 1...16)
    func failingCommit(number: Int) async throws {
        try await Cluster.run { cluster in
            let failure = StorageError(.io, "The disk went away. Bring it back.")
            let host = try await cluster.start(
                open: Self.faulty(0, .fail(commit: number, failure)), register: Self.register)
            let ids = Self.ids(11, in: 0)
            let client = cluster.client
            for (value, id) in ids.dropFirst().enumerated() {
                start(Self.chain, "\(value)", id: id, in: cluster)
            }
            start(Self.sum, "0", id: ids[0], in: cluster)
            for value in 1...100 { raise(value, to: ids[0], in: cluster) }
            raise(0, to: ids[0], in: cluster)

            async let mended = mend(host)
            for (value, id) in ids.dropFirst().enumerated() {
                #expect(try await client.instance(of: Self.chain, id: id).result() == 8 * value)
            }
            #expect(try await client.instance(of: Self.sum, id: ids[0]).result() == 5050)
            // Late commits fail under work that follows.
            for id in Self.ids(40, in: 0).dropFirst(11) where !host.log.all.contains(where: Self.isFailure) {
                #expect(try await client.start(Self.echo, id, id: id).result() == id.utf8.count)
            }
            let line = try await mended
            #expect(line.metadata["error"]?.description.contains("Bring it back.") == true)
            #expect(line.metadata["partition"]?.description == "0")
            #expect(try await cluster.deadLetters == 0)
            #expect(host.log.all.filter(Self.isFailure).count == 1)
            try await host.stop()
        }
    }

    @Test("What became durable before the commit that failed is not taken again")
    func durableBefore() async throws {
        try await Cluster.run { cluster in
            let id = Self.ids(1, in: 0)[0]
            let failure = StorageError(.io, "The disk went away.")
            let partition = try DirectPartition(
                of: id, in: cluster, register: Self.register, open: Self.faulty(0, .fail(commit: 2, failure)))
            // More than one round takes, so that two commits are on their way together.
            let start = StartCommand(name: Self.sum.name, instanceID: id, input: Payload(json: "0"))
            let raise = RaiseCommand(instanceID: id, eventName: "Add", payload: Payload(json: "1"))
            partition.mailbox.add([PartitionInput(.command(.start(start)))])
            partition.mailbox.add((0..<400).map { _ in PartitionInput(.command(.raise(raise))) })
            async let done: Void = partition.run()
            try await partition.log.wait(for: Self.failed)
            while partition.clock.move(to: Cluster.beginning.advanced(by: .seconds(1))) {}
            partition.stop()
            try await done

            let host = try await cluster.start(register: Self.register)
            try await cluster.client.raise(Self.add, 0, to: id)
            #expect(try await cluster.client.instance(of: Self.sum, id: id).result() == 400)
            try await host.stop()
        }
    }

    @Test("With a full disk the partition waits, the others go on, and everything completes when there is room")
    func fullDisk() async throws {
        try await Cluster.run { cluster in
            let pages = Mutex<Int?>(60)
            let host = try await cluster.start(
                configure: { $0.orchestrations.warmInstances = 0 },
                open: { partition, folder in
                    let limit = partition == 0 ? pages.withLock { $0 } : nil
                    return try Cluster.openFile(partition, folder, pageLimit: limit)
                },
                register: Self.register)
            let client = cluster.client
            let text = String(repeating: "x", count: 10_000)
            let ids = Self.ids(60, in: 0)
            for id in ids { start(Self.echo, "\"\(text)\"", id: id, in: cluster) }
            // Full, and full again when it is opened.
            for count in 1...3 {
                let lines = try await host.log.wait(for: Self.failed, count: count)
                let line = try #require(lines.dropFirst(count - 1).first)
                let reason = try #require(line.metadata["error"]?.description)
                #expect(reason.hasPrefix("full: ") && reason.contains("Free some space"), "\(reason)")
                // Others go on meanwhile.
                let other = Self.ids(count, in: 1)[count - 1]
                #expect(try await client.start(Self.chain, count, id: other).result() == 8 * count)
                if count == 3 { pages.withLock { $0 = nil } }
                host.pass(.seconds(60))
            }
            for id in ids {
                #expect(try await client.instance(of: Self.echo, id: id).result() == text.utf8.count)
            }
            #expect(try await cluster.deadLetters == 0)
            try await host.stop()
        }
    }

    @Test("A file that cannot be opened again at once is tried until it can, and a host that stops does not wait")
    func reopening() async throws {
        try await Cluster.run { cluster in
            let openings = Atomic(0)
            let host = try await cluster.start(
                open: { partition, folder in
                    guard partition == 0 else { return try Cluster.files(partition, folder) }
                    let count = openings.add(1, ordering: .relaxed).newValue
                    if count > 1, count < 5 { throw StorageError(.io, "Not yet. Check the disk.") }
                    let store = try Cluster.files(partition, folder)
                    let failure = StorageError(.io, "The disk went away.")
                    return FaultInjectingStore(store, fault: count < 6 ? .fail(commit: 2, failure) : nil)
                },
                register: Self.register)
            let client = cluster.client
            let id = Self.ids(1, in: 0)[0]
            start(Self.chain, "5", id: id, in: cluster)
            for count in 1...5 {
                try await host.log.wait(for: Self.failed, count: count)
                host.pass(.seconds(60))
            }
            #expect(try await client.instance(of: Self.chain, id: id).result() == 40)
            try await host.stop()

            // In the middle of a pause.
            let failing = try await cluster.start(
                open: Self.faulty(0, .fail(commit: 1, StorageError(.io, "The disk went away."))),
                register: Self.register)
            let last = Self.ids(2, in: 0)[1]
            start(Self.chain, "6", id: last, in: cluster)
            try await failing.log.wait(for: Self.failed)
            failing.running.cancel()
            try await failing.log.wait(for: "The host is stopping")
            failing.pass(.seconds(25))
            try await failing.running.ended()

            let next = try await cluster.start(register: Self.register)
            #expect(try await client.instance(of: Self.chain, id: last).result() == 48)
            try await next.stop()
        }
    }
}
