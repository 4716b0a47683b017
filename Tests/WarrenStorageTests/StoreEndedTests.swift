import Testing
import Warren
import WarrenStorage
import WarrenTestKit

/// Finding the instances that ended first.
@Suite(.timeLimit(.minutes(1)))
struct StoreEndedTests {
    private static func record(_ key: Int64, _ status: RuntimeStatus, endedAt: Int64?) -> InstanceRecord {
        var record = InstanceRecord.sample(key, id: "i\(key)", status: status, created: -key)
        record.completedAt = endedAt.map { Timestamp(microseconds: $0) }
        return record
    }

    @Test(
        "The instances of a status come in the order of their ends, and those that are open do not",
        arguments: StoreKind.allCases)
    func order(kind: StoreKind) async throws {
        try await withStore(kind) { store in
            #expect(try store.ended(.completed, after: nil, most: 10).isEmpty)
            try await store.write {
                $0.instances = [
                    .init(.insert, Self.record(1, .completed, endedAt: 30)),
                    .init(.insert, Self.record(2, .completed, endedAt: 10)),
                    .init(.insert, Self.record(3, .failed, endedAt: 5)),
                    .init(.insert, Self.record(4, .running, endedAt: nil)),
                    .init(.insert, Self.record(5, .completed, endedAt: 30)),
                    .init(.insert, Self.record(6, .completed, endedAt: -7)),
                ]
            }
            #expect(try store.ended(.completed, after: nil, most: 10).map(\.key) == [6, 2, 1, 5])
            #expect(try store.ended(.failed, after: nil, most: 10).map(\.key) == [3])
            #expect(try store.ended(.running, after: nil, most: 10).isEmpty)
            #expect(try store.ended(.completed, after: nil, most: 2).map(\.key) == [6, 2])
            let second = try #require(try store.ended(.completed, after: nil, most: 2).last)
            #expect(second.completedAt == Timestamp(microseconds: 10))
            #expect(try store.ended(.completed, after: second, most: 1).map(\.key) == [1])
            // A place holds when its instance is gone.
            let third = try #require(try store.ended(.completed, after: second, most: 1).last)
            try await store.write { $0.purgedInstances = [1, 2] }
            #expect(try store.ended(.completed, after: third, most: 10).map(\.key) == [5])
            // One that runs again has not ended, and one that ends is found.
            try await store.write {
                $0.instances = [
                    .init(.replace, Self.record(5, .running, endedAt: nil)),
                    .init(.update, Self.record(4, .completed, endedAt: 40)),
                ]
            }
            #expect(try store.ended(.completed, after: third, most: 10).map(\.key) == [4])
        }
    }
}
