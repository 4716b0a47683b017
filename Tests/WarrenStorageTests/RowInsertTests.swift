import Testing
import Warren
import WarrenTestKit

@testable import WarrenStorage

/// Rows that are written together.
@Suite(.timeLimit(.minutes(1)))
struct RowInsertTests {
    /// More rows than one run inserts, with a large one among them.
    private static let count = 3 * RowInsert<HistoryRow>.rowsAtOnce + 3

    private func rows(episode: Int = 0, instances: Range<Int> = 1..<count + 1) -> [HistoryRow] {
        instances.map { instance in
            let size = instance % 11 == 5 ? 3 * RowInsert<HistoryRow>.smallBytes : instance
            return HistoryRow(
                instance: Int64(instance), generation: 0, episode: episode,
                events: [UInt8](repeating: UInt8(instance), count: size))
        }
    }

    private func history(_ store: SQLitePartitionStore) throws -> [[[UInt8]]] {
        try (1...Self.count).map { try store.history(of: Int64($0), generation: 0) }
    }

    private func withInstances(_ body: (SQLitePartitionStore, _ path: String) async throws -> Void) async throws {
        let directory = try TemporaryDirectory()
        let store = try openStore(in: directory.path)
        defer { store.close() }
        try await store.write {
            $0.instances = (1...Self.count).map { .init(.insert, .sample(Int64($0))) }
        }
        try await body(store, "\(directory.path)/test.partition.00.sqlite")
    }

    @Test("All rows of a commit are stored, small and large ones")
    func all() async throws {
        try await withInstances { store, _ in
            try await store.write { commit in
                commit.history = rows()
                commit.outbox = rows().map { OutboxRow(id: $0.instance, messages: $0.events) }
            }
            #expect(try history(store) == rows().map { [$0.events] })
            #expect(try store.outbox.map(\.id) == (1...Self.count).map(Int64.init))
            #expect(try store.outbox.map(\.messages) == rows().map(\.events))
        }
    }

    @Test("Damage in the place of any row is replaced by it, and the rows around it are stored")
    func occupied() async throws {
        for place in 1...Self.count {
            try await withInstances { store, path in
                SQLiteOpeningTests.execute(
                    """
                    INSERT INTO history (instance, generation, episode, checksum, events)
                    VALUES (\(place), 0, 0, 1, x'00'), (\(Self.count), 0, 0, 1, x'00')
                    ON CONFLICT DO NOTHING
                    """, on: path)
                try await store.write { $0.history = rows() }
                #expect(try history(store) == rows().map { [$0.events] })
            }
        }
    }

    @Test("An episode that exists already is refused, with everything in its commit", arguments: [1, 6, 8, 9, 24, 27])
    func exists(place: Int) async throws {
        try await withInstances { store, path in
            try await store.write { $0.history = rows(instances: place..<place + 1) }
            #expect(try await store.failure { $0.history = rows() } == .misuse)
            store.close()
            let reopened = try reopen(path)
            defer { reopened.close() }
            #expect(try history(reopened).flatMap { $0 } == rows(instances: place..<place + 1).map(\.events))
        }
    }

    @Test("A row of the outbox that exists already is refused, with everything in its commit")
    func outboxExists() async throws {
        try await withInstances { store, path in
            try await store.write { $0.outbox = [OutboxRow(id: 12, messages: [1])] }
            let code = try await store.failure { commit in
                commit.outbox = (1...20).map { OutboxRow(id: $0, messages: [2]) }
            }
            #expect(code == .misuse)
            store.close()
            let reopened = try reopen(path)
            defer { reopened.close() }
            #expect(try reopened.outbox == [OutboxRow(id: 12, messages: [1])])
        }
    }

    @Test("Exactly the named rows of the outbox are removed, in any order and at the ends of the numbers")
    func removed() async throws {
        try await withInstances { store, _ in
            try await store.write { $0.outbox = (1...20).map { OutboxRow(id: $0, messages: [1]) } }
            try await store.write { $0.removedOutbox = [2, 3, 4, 4, 7, 6, 10, 11, 30, .max, .min, 20] }
            #expect(try store.outbox.map(\.id) == [1, 5, 8, 9, 12, 13, 14, 15, 16, 17, 18, 19])
        }
    }

    private func reopen(_ path: String) throws -> SQLitePartitionStore {
        try openStore(in: String(path.prefix(upTo: path.lastIndex(of: "/") ?? path.endIndex)))
    }
}
