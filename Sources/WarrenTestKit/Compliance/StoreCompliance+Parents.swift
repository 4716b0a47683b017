import Synchronization
import Warren
import WarrenStorage

/// Listings of the sub-orchestrations of an instance.
extension StoreCompliance {
    static let parents: [Check] = [
        Check("An instance's children are listed, with other conditions, page by page", children)
    ]

    /// Every third instance is called by `a`, every other third by `b`; the rest have no parent.
    private static let records: [InstanceRecord] = (0..<90).map { index in
        var record = InstanceRecord.sample(
            Int64(index + 1), id: "i\(index)", name: index % 2 == 0 ? "Order" : "Ship", status: .running,
            created: Int64(index))
        if let parent = ["a", "b", nil][index % 3] {
            record.parent = ParentInstance(name: "Parent", instanceID: parent, executionID: "e", taskID: index)
        }
        return record
    }

    private static func expected(_ query: InstanceQuery) -> [Int64] {
        records.filter { record in
            record.parent?.instanceID == query.parentID && (query.name.map { $0 == record.name } ?? true)
                && (query.idPrefix.map { record.instanceID.hasPrefix($0) } ?? true)
        }
        .sorted { $0.createdAt > $1.createdAt }.map(\.key)
    }

    @Sendable private static func children(_ bench: StoreBench) async throws {
        try await bench.withStore { store in
            try await store.write { $0.instances = Self.records.map { .init(.insert, $0) } }
            for query in [
                InstanceQuery(parentID: "a"), InstanceQuery(name: "Ship", parentID: "a"),
                InstanceQuery(idPrefix: "i1", parentID: "b"), InstanceQuery(parentID: "nobody"),
                InstanceQuery(parentID: "A"),
            ] {
                for limit in [1, 7, 100] {
                    var query = query
                    query.limit = limit
                    var found: [Int64] = []
                    repeat {
                        let page = try store.list(query)
                        found += page.instances.map(\.key)
                        query.after = page.next
                    } while query.after != nil
                    bench.expect(found == Self.expected(query), "\(query)")
                    query.after = nil
                    bench.expect(try store.summaries(query, bytes: 1 << 20).instances.first?.key == found.first)
                }
            }
        }
    }
}
