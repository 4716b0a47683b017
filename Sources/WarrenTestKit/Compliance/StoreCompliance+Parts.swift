import Synchronization
import Warren
import WarrenStorage

/// Listings without payloads, parts of histories, and additional waiters.
extension StoreCompliance {
    static let parts: [Check] = [
        Check(
            "Whatever the budget of a page, all pages together are the listing, without payloads or with them", budget),
        Check("A history is read in parts, each with its instance", view),
        Check("Additional waiters are kept in order until they are told, or their instance is purged", waiters),
    ]

    private static let records: [InstanceRecord] = (1...40).map { key in
        var record = InstanceRecord.sample(
            Int64(key), id: "i\(key % 7)-\(key)", name: ["Order", "Ship"][key % 2],
            status: RuntimeStatus.allCases[key % RuntimeStatus.allCases.count], created: Int64(key / 3),
            tags: key % 4 == 0 ? ["all": "yes"] : [:])
        record.input = Payload(json: "\"\(String(repeating: "x", count: 1000))\"")
        record.output = Payload(json: "\"\(String(repeating: "y", count: 2000))\"")
        return record
    }

    private static let queries = [
        InstanceQuery(), InstanceQuery(name: "Ship"), InstanceQuery(statuses: RuntimeStatus.allCases),
        InstanceQuery(statuses: [.failed, .running, .pending]), InstanceQuery(idPrefix: "i3"),
        InstanceQuery(tag: .init(key: "all", value: "yes")),
    ]

    @Sendable private static func budget(_ bench: StoreBench) async throws {
        try await bench.withStore { store in
            try await store.write { $0.instances = Self.records.map { .init(.insert, $0) } }
            for query in Self.queries {
                var whole = query
                whole.limit = 1000
                let all = try store.list(whole).instances
                for (bytes, limit) in [(1, 1000), (5_000, 1000), (20_000, 7), (1 << 20, 1000), (1 << 20, 5)] {
                    for hasPayloads in [false, true] {
                        var query = query
                        query.limit = limit
                        query.includeInput = hasPayloads
                        query.includeOutput = hasPayloads
                        var found: [InstanceRecord] = []
                        repeat {
                            let page = try store.summaries(query, bytes: bytes)
                            bench.expect(!page.instances.isEmpty && page.instances.count <= limit)
                            if hasPayloads, bytes == 5_000 { bench.expect(page.instances.count <= 2) }
                            found += page.instances
                            query.after = page.next
                        } while query.after != nil
                        bench.expect(found.map(\.key) == all.map(\.key), "\(query) \(bytes)")
                        for (summary, record) in zip(found, all) {
                            bench.expect(summary.tags == record.tags && summary.status == record.status)
                            bench.expect(summary.input.bytes == (hasPayloads ? record.input.bytes : []))
                            bench.expect(summary.output == (hasPayloads ? record.output : nil))
                        }
                    }
                }
            }
        }
    }

    @Sendable private static func view(_ bench: StoreBench) async throws {
        try await bench.withStore { store in
            var record = InstanceRecord.sample(1, id: "a")
            record.episodes = 5
            try await store.write { commit in
                commit.instances = [.init(.insert, record)]
                commit.history = (0..<5).map { episode in
                    HistoryRow(
                        instance: 1, generation: record.generation, episode: episode,
                        events: Array(repeating: UInt8(truncatingIfNeeded: episode), count: 100))
                }
            }
            var found: [[UInt8]] = []
            var from = 0
            while true {
                let view = try bench.require(try store.view(of: "a", from: from, bytes: 150))
                bench.expect(view.record == record && view.from == from)
                bench.expect(view.episodes.count <= 2)
                found += view.episodes
                guard view.hasMore else { break }
                from = view.next
            }
            bench.expect(found == (0..<5).map { Array(repeating: UInt8(truncatingIfNeeded: $0), count: 100) })
            bench.expect(try store.view(of: "a", from: 9, bytes: 100)?.episodes == [])
            bench.expect(try store.view(of: "b", from: 0, bytes: 100) == nil)
        }
    }

    @Sendable private static func waiters(_ bench: StoreBench) async throws {
        try await bench.withStore { store in
            try await store.write { commit in
                commit.instances = [.init(.insert, .sample(1, id: "a")), .init(.insert, .sample(2, id: "b"))]
                commit.waiters = (0..<3).map { WaiterRow(instance: 1, address: [UInt8(truncatingIfNeeded: $0)]) }
            }
            try await store.write { commit in
                commit.waiters = [
                    WaiterRow(instance: 1, address: [3]), WaiterRow(instance: 2, address: [9]),
                ]
            }
            bench.expect(try store.waiters(of: 1) == [[0], [1], [2], [3]])
            try await store.write { $0.removedWaiters = [1] }
            bench.expect(try store.waiters(of: 1).isEmpty)
            bench.expect(try store.waiters(of: 2) == [[9]])
            try await store.write { $0.purgedInstances = [2] }
            bench.expect(try store.waiters(of: 2).isEmpty)
        }
    }
}
