import Synchronization
import TestSupport
import Testing
import Warren
import WarrenClient
import WarrenStorage

@testable import WarrenHost

/// What a purge reads of what it removes.
@Suite("What a purge reads", .timeLimit(.minutes(5)))
struct PurgeReadingTests {
    private static let echo = Orchestration<String, String>("Echo")
    private static let parent = Orchestration<String, String>("Parent")

    @Test("A page of instances is purged, with their children, and none of their inputs and outputs is read")
    func page() async throws {
        let payload = String(repeating: "x", count: 50_000)
        func register(_ host: TaskHubHost) {
            host.register(Self.echo) { _, text in text }
            host.register(Self.parent) { context, text in
                _ = try await context.call(Self.echo, "small", id: "\(context.instanceID)-child")
                return text
            }
        }
        try await Cluster.run { cluster in
            let first = try await cluster.start(register: register)
            for number in 0..<20 {
                let instance = try await cluster.client.start(Self.parent, payload, id: "p\(number)")
                #expect(try await instance.result() == payload)
            }
            try await cluster.rest(first)
            try await first.stop()

            // Nothing of them is in memory.
            let counted = ReadCount()
            let host = try await cluster.start(
                open: { partition, folder in CountedStore(try Cluster.files(partition, folder), counted) },
                register: register)
            let purged = try await cluster.client.purge(matching: InstanceQuery(name: "Parent"))
            #expect(purged == 20)
            try await cluster.rest(host)
            #expect(try await cluster.client.list().instances.isEmpty)
            // The children are purged one by one, each by its row; theirs are small.
            #expect(counted.bytes < payload.utf8.count, "\(counted.bytes)")
            try await host.stop()
        }
    }
}

private final class ReadCount: Sendable {
    private let count = Mutex(0)

    var bytes: Int { count.withLock { $0 } }

    func add(_ records: [InstanceRecord]) {
        count.withLock { count in
            for record in records { count += record.input.bytes.count + (record.output?.bytes.count ?? 0) }
        }
    }
}

/// Counts the bytes of inputs and outputs that are read.
private final class CountedStore: ForwardingStore {
    let store: any PartitionStore
    private let read: ReadCount

    init(_ store: any PartitionStore, _ read: ReadCount) {
        self.store = store
        self.read = read
    }

    func instance(_ instanceID: String) throws -> InstanceRecord? { try counted(store.instance(instanceID)) }
    func instance(key: Int64) throws -> InstanceRecord? { try counted(store.instance(key: key)) }

    func list(_ query: InstanceQuery) throws -> RecordPage { counted(try store.list(query)) }
    func summaries(_ query: InstanceQuery, bytes: Int) throws -> RecordPage {
        counted(try store.summaries(query, bytes: bytes))
    }

    private func counted(_ record: InstanceRecord?) -> InstanceRecord? {
        if let record { read.add([record]) }
        return record
    }

    private func counted(_ page: RecordPage) -> RecordPage {
        read.add(page.instances)
        return page
    }
}
