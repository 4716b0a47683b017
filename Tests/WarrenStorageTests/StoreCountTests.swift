import Testing
import Warren
import WarrenStorage

/// Counts of instances, by status and by parts of the time.
@Suite(.timeLimit(.minutes(5)))
struct StoreCountTests {
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

    @Test("Every condition counts what it should", arguments: StoreKind.allCases)
    func conditions(kind: StoreKind) async throws {
        try await withStore(kind) { store in
            try await store.write { $0.instances = Self.records.map { .init(.insert, $0) } }
            for query in Self.queries {
                let query = InstanceCountQuery(query)
                #expect(try store.instanceCounts(query, most: 1000) == Self.expected(query), "\(query)")
            }
        }
    }

    @Test("Parts of the time begin where the question says", arguments: StoreKind.allCases)
    func parts(kind: StoreKind) async throws {
        try await withStore(kind) { store in
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
                InstanceQuery(createdFrom: time(1), createdTo: time(17), waitsFor: .event("approval")),
            ] {
                let width = time(3).microseconds - time(0).microseconds
                let query = InstanceCountQuery(conditions, bucketMicroseconds: width)
                #expect(query.isBounded)
                let found = try store.instanceCounts(query, most: 1000)
                #expect(found == Self.expected(query), "\(conditions)")
                #expect(!found.cells.isEmpty && found.cells.allSatisfy { (0...5).contains($0.bucket) })
            }
        }
    }

    @Test("Those of a name that most instances have are counted by what has not completed, and agree with the slow way")
    func commonName() async throws {
        try await withStore(.sqlite) { store in
            let statuses: [RuntimeStatus] = [.completed, .completed, .completed, .running, .failed]
            let records: [InstanceRecord] = (0..<14_000).map { index in
                let name = index % 13 == 0 ? "Ship" : "Order"
                let created = Int64(index / 100)
                return InstanceRecord.sample(
                    Int64(index + 1), name: name, status: statuses[index % 5], created: created)
            }
            try await store.write { $0.instances = records.map { .init(.insert, $0) } }
            let choices: [[RuntimeStatus]] = [[], [.completed], [.failed, .running]]
            for statuses in choices {
                for isDivided in [false, true] {
                    var conditions = InstanceQuery(name: "Order", statuses: statuses)
                    conditions.createdFrom = isDivided ? time(5) : nil
                    conditions.createdTo = isDivided ? time(130) : nil
                    let width = time(7).microseconds - time(0).microseconds
                    let query = InstanceCountQuery(conditions, bucketMicroseconds: isDivided ? width : nil)
                    var expected: [InstanceCounts.Cell: Int] = [:]
                    for record in records where record.name == "Order" {
                        guard statuses.isEmpty || statuses.contains(record.status) else { continue }
                        guard !isDivided || (time(5)...time(130)).contains(record.createdAt) else { continue }
                        let cell = InstanceCounts.Cell(
                            status: record.status, bucket: query.bucket(of: record.createdAt), count: 0)
                        expected[cell, default: 0] += 1
                    }
                    let found = try store.instanceCounts(query, most: 20_000)
                    #expect(!found.isCut)
                    let cells = expected.map { cell, count in
                        InstanceCounts.Cell(status: cell.status, bucket: cell.bucket, count: count)
                    }
                    #expect(Set(found.cells) == Set(cells))
                    // Too many have not completed: rows are looked at, up to the bound.
                    #expect(try store.instanceCounts(query, most: 100).isCut)
                }
            }
        }
    }

    @Test("Those whose IDs begin alike are counted by what has not completed, and agree with the slow way")
    func commonBeginning() async throws {
        try await withStore(.sqlite) { store in
            let statuses: [RuntimeStatus] = [.completed, .completed, .completed, .running, .failed]
            let records: [InstanceRecord] = (0..<14_000).map { index in
                var record = InstanceRecord.sample(
                    Int64(index + 1), name: "Order", status: statuses[index % 5], created: Int64(index / 100))
                record.instanceID = index % 13 == 0 ? "shop-\(index)" : "shoe-\(index)"
                return record
            }
            try await store.write { $0.instances = records.map { .init(.insert, $0) } }
            let choices: [[RuntimeStatus]] = [[], [.completed], [.failed, .running], [.suspended]]
            for (prefix, statuses) in choices.flatMap({ choice in ["shoe-", "sho", "s"].map { ($0, choice) } }) {
                let query = InstanceCountQuery(InstanceQuery(statuses: statuses, idPrefix: prefix))
                let wanted = records.filter {
                    $0.instanceID.hasPrefix(prefix) && (statuses.isEmpty || statuses.contains($0.status))
                }
                let found = try store.instanceCounts(query, most: 20_000)
                #expect(!found.isCut)
                #expect(
                    Dictionary(uniqueKeysWithValues: found.cells.map { ($0.status, $0.count) })
                        == Dictionary(grouping: wanted, by: \.status).mapValues(\.count), "\(prefix) \(statuses)")
                // Too many have not completed: rows are looked at, up to the bound.
                #expect(try store.instanceCounts(query, most: 100).isCut)
            }
        }
    }

    @Test("What failed is counted when it failed, however long before it was created", arguments: StoreKind.allCases)
    func ends(kind: StoreKind) async throws {
        try await withStore(kind) { store in
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
            #expect(all.cells == [.init(status: .terminated, bucket: 0, count: 1)])
            #expect(
                all.ended == [
                    .init(status: .terminated, bucket: 0, count: 1), .init(status: .failed, bucket: 1, count: 1),
                ])
            #expect(!all.isCut)
            #expect(try ended(InstanceQuery(name: "Ship")).ended == [.init(status: .terminated, bucket: 0, count: 1)])
            #expect(try ended(InstanceQuery(statuses: [.running])).ended == [])
            #expect(try store.instanceCounts(InstanceCountQuery(InstanceQuery()), most: 1000).ended == nil)
            guard kind == .sqlite else { return }
            #expect(try ended(InstanceQuery(), most: 1).isCut)
        }
    }

    @Test("Counting by a name, a tag or an ID stops at the bound and says so; by status alone it has none")
    func bound() async throws {
        try await withStore(.sqlite) { store in
            try await store.write { $0.instances = Self.records.map { .init(.insert, $0) } }
            for query in [
                InstanceQuery(name: "Ship"), InstanceQuery(idPrefix: "a"),
                InstanceQuery(tag: .init(key: "tier", value: "gold")), InstanceQuery(updatedFrom: time(0)),
            ] {
                let found = try store.instanceCounts(InstanceCountQuery(query), most: 5)
                #expect(found.isCut)
                #expect(found.cells.reduce(0) { $0 + $1.count } == 5)
            }
            let all = try store.instanceCounts(InstanceCountQuery(InstanceQuery(statuses: [.failed])), most: 5)
            #expect(!all.isCut)
            #expect(all.cells.map(\.count) == [Self.records.count { $0.status == .failed }])
        }
    }
}
