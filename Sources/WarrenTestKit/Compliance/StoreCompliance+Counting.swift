import Synchronization
import Warren
import WarrenStorage

/// Counts of instances, by status and by parts of the time.
extension StoreCompliance {
    static let counting: [Check] = [
        Check("Every condition counts what it should", conditions),
        Check("Parts of the time begin where the question says", parts),
        Check("What failed is counted when it failed, however long before it was created", ends),
    ]

    private static let ids = ["a", "a%", "a_b", "🦊", "🦊1", "\u{10ffff}", "z"]

    private static let records: [InstanceRecord] = (0..<140).map { index in
        var record = InstanceRecord.sample(
            Int64(index + 1), id: ids[index % ids.count] + (index < ids.count ? "" : "#\(index)"),
            name: ["Order", "Ship", "e\u{301}"][index % 3],
            status: RuntimeStatus.allCases[index % RuntimeStatus.allCases.count], created: Int64(index / 7),
            updated: Int64(index % 11), tags: index % 4 == 0 ? ["tier": index % 8 == 0 ? "gold" : "tin"] : [:],
            eventWaits: index % 6 == 0 ? waits : "")
        // Some end long after they were created.
        if record.status.isTerminal { record.completedAt = time(Int64(index / 7 + index % 9)) }
        if index % 5 == 0 {
            record.parent = ParentInstance(name: "P", instanceID: "p\(index % 2)", executionID: "x", taskID: 1)
        }
        record.version = index % 4 == 1 ? "2.0" : nil
        return record
    }

    /// The waits of an instance, as its row has them.
    private static let waits = #"[["Approval",5]]"#

    private static let queries: [InstanceQuery] = [
        InstanceQuery(),
        InstanceQuery(name: "Ship"),
        InstanceQuery(name: "\u{e9}"),
        InstanceQuery(statuses: [.failed, .running, .failed]),
        InstanceQuery(name: "Order", statuses: [.completed, .failed]),
        InstanceQuery(createdFrom: time(3), createdTo: time(8)),
        InstanceQuery(createdFrom: time(8), createdTo: time(3)),
        InstanceQuery(idPrefix: ""),
        InstanceQuery(idPrefix: "a"),
        InstanceQuery(statuses: [.pending], createdFrom: time(2), idPrefix: "🦊"),
        InstanceQuery(idPrefix: "\u{10ffff}"),
        InstanceQuery(tag: .init(key: "tier", value: "gold")),
        InstanceQuery(name: "Ship", createdTo: time(12), idPrefix: "a", tag: .init(key: "tier", value: "tin")),
        InstanceQuery(updatedFrom: time(3), updatedTo: time(7)),
        InstanceQuery(statuses: [.running, .completed], updatedTo: time(7)),
        InstanceQuery(name: "Ship", updatedFrom: time(4)),
        InstanceQuery(waitsFor: .event("approval")),
        InstanceQuery(statuses: [.running, .failed], waitsFor: WaitCondition(kind: .event)),
        InstanceQuery(idPrefix: "a", updatedTo: time(8), waitsFor: .event("Approval"), parentID: "p0"),
        InstanceQuery(parentID: "p1"),
        InstanceQuery(parentID: "nobody"),
        InstanceQuery(version: "2.0"),
        InstanceQuery(name: "Order", version: "2.0"),
        InstanceQuery(statuses: [.failed], idPrefix: "a", version: "2.0"),
        InstanceQuery(version: "2"),
    ]

    private static func matches(_ query: InstanceQuery, _ record: InstanceRecord) -> Bool {
        (query.name.map { Array($0.utf8) == Array(record.name.utf8) } ?? true)
            && (query.statuses.isEmpty || query.statuses.contains(record.status))
            && (query.createdFrom.map { record.createdAt >= $0 } ?? true)
            && (query.createdTo.map { record.createdAt <= $0 } ?? true)
            && (query.idPrefix.map { Array(record.instanceID.utf8).starts(with: Array($0.utf8)) } ?? true)
            && (query.tag.map { record.tags[$0.key] == $0.value } ?? true)
            && (query.updatedFrom.map { record.lastUpdatedAt >= $0 } ?? true)
            && (query.updatedTo.map { record.lastUpdatedAt <= $0 } ?? true)
            && (query.version.map { record.version == $0 } ?? true)
            && (query.parentID.map { record.parent?.instanceID == $0 } ?? true)
            && (query.waitsFor == nil || (!record.status.isTerminal && !record.eventWaits.isEmpty))
    }

    private static func expected(_ query: InstanceCountQuery) -> InstanceCounts {
        var counts = InstanceCounts()
        for record in records where matches(query.conditions, record) {
            counts.add(
                InstanceCounts(cells: [
                    .init(status: record.status, bucket: query.bucket(of: record.createdAt), count: 1)
                ]))
        }
        guard query.bucketMicroseconds != nil else { return counts }
        var ends = query.conditions
        (ends.createdFrom, ends.createdTo) = (nil, nil)
        counts.ended = []
        for record in records where matches(ends, record) {
            guard [.failed, .terminated, .canceled].contains(record.status), let end = record.completedAt,
                let from = query.conditions.createdFrom, let to = query.conditions.createdTo, (from...to).contains(end)
            else { continue }
            counts.add(
                InstanceCounts(ended: [.init(status: record.status, bucket: query.bucket(of: end), count: 1)]))
        }
        return counts
    }

    @Sendable private static func conditions(_ bench: StoreBench) async throws {
        try await bench.withStore { store in
            try await store.write { $0.instances = Self.records.map { .init(.insert, $0) } }
            for query in Self.queries {
                let query = InstanceCountQuery(query)
                bench.expect(try store.instanceCounts(query, most: 1000) == Self.expected(query), "\(query)")
            }
        }
    }

    @Sendable private static func parts(_ bench: StoreBench) async throws {
        try await bench.withStore { store in
            try await store.write { $0.instances = Self.records.map { .init(.insert, $0) } }
            for conditions in [
                InstanceQuery(createdFrom: time(1), createdTo: time(17)),
                InstanceQuery(name: "Ship", createdFrom: time(1), createdTo: time(17)),
                InstanceQuery(createdFrom: time(1), createdTo: time(17), idPrefix: "a"),
                InstanceQuery(
                    statuses: [.failed, .completed], createdFrom: time(1), createdTo: time(17),
                    tag: .init(key: "tier", value: "tin")),
                InstanceQuery(statuses: [.running], createdFrom: time(1), createdTo: time(17)),
                InstanceQuery(createdFrom: time(1), createdTo: time(17), updatedTo: time(8)),
                InstanceQuery(createdFrom: time(1), createdTo: time(17), parentID: "p1"),
                InstanceQuery(createdFrom: time(1), createdTo: time(17), version: "2.0"),
                InstanceQuery(createdFrom: time(1), createdTo: time(17), waitsFor: .event("approval")),
            ] {
                let width = time(3).microseconds - time(0).microseconds
                let query = InstanceCountQuery(conditions, bucketMicroseconds: width)
                bench.expect(query.isBounded)
                let found = try store.instanceCounts(query, most: 1000)
                bench.expect(found == Self.expected(query), "\(conditions)")
                bench.expect(!found.cells.isEmpty && found.cells.allSatisfy { (0...5).contains($0.bucket) })
            }
        }
    }

    @Sendable private static func ends(_ bench: StoreBench) async throws {
        try await bench.withStore { store in
            var old = InstanceRecord.sample(1, name: "Order", status: .failed, created: 1)
            old.completedAt = time(95)
            var young = InstanceRecord.sample(2, name: "Ship", status: .terminated, created: 91)
            young.completedAt = time(92)
            var gone = InstanceRecord.sample(3, name: "Ship", status: .failed, created: 2)
            gone.completedAt = time(3)
            let records = [old, young, gone]
            try await store.write { $0.instances = records.map { .init(.insert, $0) } }
            func ended(_ conditions: InstanceQuery, most: Int = 1000) throws -> InstanceCounts {
                var conditions = conditions
                (conditions.createdFrom, conditions.createdTo) = (time(90), time(100))
                let width = time(5).microseconds - time(0).microseconds
                return try store.instanceCounts(
                    InstanceCountQuery(conditions, bucketMicroseconds: width), most: most)
            }
            let all = try ended(InstanceQuery())
            bench.expect(all.cells == [.init(status: .terminated, bucket: 0, count: 1)])
            bench.expect(
                all.ended == [
                    .init(status: .terminated, bucket: 0, count: 1), .init(status: .failed, bucket: 1, count: 1),
                ])
            bench.expect(!all.isCut)
            bench.expect(
                try ended(InstanceQuery(name: "Ship")).ended == [.init(status: .terminated, bucket: 0, count: 1)])
            bench.expect(try ended(InstanceQuery(statuses: [.running])).ended == [])
            bench.expect(try store.instanceCounts(InstanceCountQuery(InstanceQuery()), most: 1000).ended == nil)
        }
    }
}
