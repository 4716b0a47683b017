import Testing
import Warren
import WarrenStorage
import WarrenTestKit

/// Counts of instances in a file. What every store counts is in `StoreCompliance`.
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
