import TestSupport
import Testing
import Warren
import WarrenTestKit

@testable import WarrenStorage

/// How much a listing reads, and how a read ends with its store.
@Suite("What reading costs", .timeLimit(.minutes(5)))
struct ReadingTests {
    /// What SQLite did for all listings of a reader so far.
    private func operations(_ reader: PartitionReader) -> Int {
        (Array(reader.summaryListings.values) + Array(reader.probes.values)).reduce(0) { $0 + $1.operations }
    }

    /// Pages through a query, and returns what it found and what that cost.
    private func page(
        through query: InstanceQuery, of store: SQLitePartitionStore
    ) throws -> (found: Int, operations: Int, orders: Set<ListingIndex>) {
        try store.readers.read { (reader) throws(StorageError) in
            let before = operations(reader)
            var query = query
            var found = 0
            var orders: Set<ListingIndex> = []
            repeat {
                orders.insert(try reader.index(of: query))
                let page = try reader.summaries(query, bytes: .max)
                found += page.instances.count
                query.after = page.next
            } while query.after != nil
            return (found, operations(reader) - before, orders)
        }
    }

    /// So many instances that begin alike and have a tag in common, among as many others.
    private func store(matching count: Int, in directory: TemporaryDirectory) async throws -> SQLitePartitionStore {
        let store = try openStore(in: directory.path)
        try await store.write { commit in
            for number in 0..<count {
                let key = Int64(2 * number + 1)
                // Not in the order of their IDs.
                commit.instances.append(
                    .init(.insert, .sample(key, id: "p-\(number * 7919 % count)", tags: ["kind": "many"])))
                commit.instances.append(.init(.insert, .sample(key + 1, id: "q-\(number)")))
            }
            // A few that are old, of which a walk in the order of listings would find the first one at its end.
            for number in 0..<5 {
                commit.instances.append(
                    .init(
                        .insert,
                        .sample(
                            Int64(2 * count + 1 + number), id: "few-\(number)", created: -10, tags: ["kind": "few"])))
            }
        }
        return store
    }

    @Test(
        "Four times as many matches cost four times as much to page through, not sixteen times",
        arguments: [
            InstanceQuery(idPrefix: "p-", limit: 20),
            InstanceQuery(tag: .init(key: "kind", value: "many"), limit: 20),
            InstanceQuery(name: "Order", idPrefix: "p-", limit: 20),
            InstanceQuery(statuses: [.running], idPrefix: "p-", limit: 20),
        ])
    func linear(query: InstanceQuery) async throws {
        var costs: [Int] = []
        for count in [1_000, 4_000] {
            let directory = try TemporaryDirectory()
            let store = try await store(matching: count, in: directory)
            defer { store.close() }
            let paged = try page(through: query, of: store)
            #expect(paged.found == count)
            costs.append(paged.operations)
        }
        #expect(costs[1] < 6 * costs[0], "\(costs)")
    }

    @Test("Few matches among many are found by their own index, however old they are")
    func few() async throws {
        let directory = try TemporaryDirectory()
        let store = try await store(matching: 2_000, in: directory)
        defer { store.close() }
        for (query, order) in [
            (InstanceQuery(idPrefix: "few-", limit: 2), ListingIndex.idPrefix),
            (InstanceQuery(tag: .init(key: "kind", value: "few"), limit: 2), .tag),
            (InstanceQuery(idPrefix: "few-", tag: .init(key: "kind", value: "many"), limit: 2), .idPrefix),
            (InstanceQuery(idPrefix: "none", limit: 2), .idPrefix),
        ] {
            let paged = try page(through: query, of: store)
            #expect(paged.orders == [order], "\(query)")
            #expect(paged.operations < 5_000, "\(query): \(paged.operations)")
        }
    }

    @Test("A read that would not end does not keep its store from closing, and is told that it was closed")
    func endless() async throws {
        let directory = try TemporaryDirectory()
        let store = try openStore(in: directory.path)
        let reading = try await untilKnown("a read to begin") { (tell: @escaping @Sendable (ReadEnding) -> Void) in
            let ending = ReadEnding()
            ending.begin(on: store) { tell(ending) }
        }
        store.close()
        #expect(try await reading.error.wait(for: "the read to end") { $0 } == .closed)
        #expect(throws: StorageError.self) { try store.counts() }
        // In order: the next opening finds nothing to check.
        let again = try openStore(in: directory.path)
        #expect(try again.counts() == PartitionCounts())
        again.close()
    }
}

/// A read that ends only when it is made to.
private final class ReadEnding: Sendable {
    let error = Watched<StorageError.Code?>(nil)

    func begin(on store: SQLitePartitionStore, _ hasBegun: @escaping @Sendable () -> Void) {
        Task.detached { [error] in
            do {
                try store.readers.read { (reader) throws(StorageError) in
                    hasBegun()
                    _ = try reader.connection.integer(
                        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n")
                }
            } catch let failure as StorageError {
                error.change { $0 = failure.code }
            } catch {
                return
            }
        }
    }
}
