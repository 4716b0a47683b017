import Synchronization
import Warren
import WarrenStorage

/// Listings, filtered and page by page.
extension StoreCompliance {
    static let listing: [Check] = [
        Check("Every filter finds what it should, in order, whatever the size of the page", filters),
        Check("A listed instance is whole", whole),
        Check("The limit is kept between 1 and 1000", limit),
        Check("Open instances are counted by orchestration, to the byte", openInstances),
        Check("Counts follow what happens", counts),
    ]

    private static let ids = [
        "a", "a%", "a%b", "a_b", "aXb", "a\\b", "A%b", "🦊", "🦊1", "🦊2", "\u{10ffff}", "z", "e\u{301}", "\u{e9}",
    ]

    /// 140 instances: every ID in ten spellings, times that repeat, three names, all statuses.
    private static let records: [InstanceRecord] = (0..<140).map { index in
        var record = InstanceRecord.sample(
            Int64(index + 1), id: ids[index % ids.count] + (index < ids.count ? "" : "#\(index)"),
            name: ["Order", "Ship", "e\u{301}"][index % 3],
            status: RuntimeStatus.allCases[index % RuntimeStatus.allCases.count], created: Int64(index / 7),
            updated: Int64(index * 37 % 29),
            tags: index % 4 == 0 ? ["tier": index % 8 == 0 ? "gold" : "tin", "all": "yes"] : [:],
            eventWaits: waits[index % waits.count])
        record.version = versions[index % versions.count]
        return record
    }

    private static let versions = [nil, "1.0", "1.0-a", nil, "1"]

    private static let waits = [
        "", #"[["Approval",5]]"#, #"[["Go",1],["APPROVAL",2]]"#, #"[["\u00c9\"%_|",1]]"#, "", #"[["NotApproval",1],3]"#,
        "no JSON", #"[["Approval:x",5]]"#,
    ]

    private static let queries: [InstanceQuery] = [
        InstanceQuery(),
        InstanceQuery(name: "Ship"),
        InstanceQuery(name: "\u{e9}"),
        InstanceQuery(name: "e\u{301}"),
        InstanceQuery(statuses: [.running]),
        InstanceQuery(statuses: [.failed, .running, .failed]),
        InstanceQuery(statuses: RuntimeStatus.allCases),
        InstanceQuery(name: "Order", statuses: [.failed, .suspended]),
        InstanceQuery(name: "Order", statuses: [.completed, .failed]),
        InstanceQuery(createdFrom: time(3), createdTo: time(8)),
        InstanceQuery(createdFrom: time(8), createdTo: time(3)),
        InstanceQuery(statuses: [.pending, .completed], createdFrom: time(3), createdTo: time(15)),
        InstanceQuery(idPrefix: ""),
        InstanceQuery(idPrefix: "a"),
        InstanceQuery(idPrefix: "a%"),
        InstanceQuery(idPrefix: "a_"),
        InstanceQuery(idPrefix: "a\\"),
        InstanceQuery(idPrefix: "🦊"),
        InstanceQuery(idPrefix: "\u{10ffff}"),
        InstanceQuery(idPrefix: "e\u{301}"),
        InstanceQuery(statuses: [.running, .failed], idPrefix: "a"),
        InstanceQuery(tag: .init(key: "tier", value: "gold")),
        InstanceQuery(tag: .init(key: "tier", value: "gol")),
        InstanceQuery(
            name: "Ship", statuses: [.completed, .pending], idPrefix: "a", tag: .init(key: "all", value: "yes")),
        InstanceQuery(updatedFrom: time(5), updatedTo: time(17)),
        InstanceQuery(name: "Ship", statuses: [.running], updatedTo: time(9)),
        InstanceQuery(tag: .init(key: "all", value: "yes"), updatedTo: time(9), order: .longestWaiting),
        InstanceQuery(order: .longestWaiting),
        InstanceQuery(statuses: [.failed, .running], updatedFrom: time(3), order: .longestWaiting),
        InstanceQuery(idPrefix: "a", order: .longestWaiting),
        InstanceQuery(waitsFor: .event("approval")),
        InstanceQuery(waitsFor: .event("É\"%_|")),
        InstanceQuery(waitsFor: .event("é\"%_|"), order: .newest),
        InstanceQuery(name: "Ship", idPrefix: "a", waitsFor: .event("Approval")),
        InstanceQuery(name: "Ship", waitsFor: .event("Approval"), order: .newest),
        InstanceQuery(statuses: [.completed, .running], waitsFor: WaitCondition(kind: .event)),
        InstanceQuery(statuses: [.completed], waitsFor: .event("Go")),
        InstanceQuery(waitsFor: .event("nobody")),
        InstanceQuery(withInput: Payload(json: "{ \"n\" : 5 }")),
        InstanceQuery(name: "Ship", order: .longestWaiting, withInput: Payload(json: #"{"n":8}"#)),
        InstanceQuery(statuses: [.running, .failed], withInput: Payload(json: #"{"n":7,"m":1}"#)),
        InstanceQuery(withInput: .null),
        InstanceQuery(withInput: Payload(json: "no JSON")),
        InstanceQuery(version: "1.0"),
        InstanceQuery(version: "1.0.0"),
        InstanceQuery(name: "Ship", statuses: [.running], version: "1"),
        InstanceQuery(idPrefix: "a", order: .longestWaiting, version: "1.0-a"),
        InstanceQuery(tag: .init(key: "all", value: "yes"), version: "1"),
        // Histories say whether these hold; a store lists the instances that are open.
        InstanceQuery(waitsFor: .activity("Pay"), order: .newest),
    ]

    /// The rule, spelt out as plainly as possible.
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
            && (!record.status.isTerminal || query.waitsFor == nil)
            && (!record.status.isTerminal || query.order == .newest || !query.statuses.isEmpty)
            && (query.withInput.map { (try? JSONValue($0)) == (try? JSONValue(record.input)) } ?? true)
            && (query.waitsFor?.kind == .event ? waitsForEvent(query.waitsFor?.name, record) : true)
    }

    private static func waitsForEvent(_ name: String?, _ record: InstanceRecord) -> Bool {
        let waits =
            switch waits.firstIndex(of: String(decoding: record.eventWaits, as: UTF8.self)) {
            case 1: ["approval"]
            case 2: ["go", "approval"]
            case 3: ["é\"%_|"]
            case 5: ["notapproval"]
            case 7: ["approval:x"]
            default: [] as [String]
            }
        return name.map { waits.contains($0.lowercased()) } ?? !waits.isEmpty
    }

    private static func expected(_ query: InstanceQuery) -> [Int64] {
        records.filter { matches(query, $0) }
            .sorted { left, right in
                let (first, second) = query.order == .newest ? (left, right) : (right, left)
                let times =
                    query.order == .newest
                    ? (left.createdAt, right.createdAt) : (right.lastUpdatedAt, left.lastUpdatedAt)
                return times.0 != times.1
                    ? times.0 > times.1
                    : Array(second.instanceID.utf8).lexicographicallyPrecedes(Array(first.instanceID.utf8))
            }
            .map(\.key)
    }

    @Sendable private static func filters(_ bench: StoreBench) async throws {
        try await bench.withStore { store in
            try await store.write { $0.instances = Self.records.map { .init(.insert, $0) } }
            for query in Self.queries {
                let all = Self.expected(query)
                for limit in [1, 7, 140] {
                    var query = query
                    query.limit = limit
                    var found: [Int64] = []
                    repeat {
                        let page = try store.list(query)
                        bench.expect(page.instances.count <= limit)
                        bench.expect(page.next == nil || page.instances.count == limit)
                        found += page.instances.map(\.key)
                        query.after = page.next
                    } while query.after != nil
                    bench.expect(found == all, "\(query)")
                }
            }
        }
    }

    @Sendable private static func whole(_ bench: StoreBench) async throws {
        try await bench.withStore { store in
            try await store.write { $0.instances = [.init(.insert, .full)] }
            bench.expect(try store.list(InstanceQuery()) == RecordPage(instances: [.full]))
            bench.expect(try store.list(InstanceQuery(idPrefix: "naïve 🦊/%_")).instances == [.full])
            bench.expect(try store.list(InstanceQuery(statuses: [.failed])).instances == [.full])
        }
    }

    @Sendable private static func limit(_ bench: StoreBench) async throws {
        try await bench.withStore { store in
            try await store.write { $0.instances = (1...1_001).map { .init(.insert, .sample($0)) } }
            bench.expect(try store.list(InstanceQuery(limit: .max)).instances.count == 1_000)
            bench.expect(try store.list(InstanceQuery(limit: 0)).instances.map(\.key) == [1_001])
            bench.expect(try store.list(InstanceQuery(limit: .min)).instances.count == 1)
            let page = try store.list(InstanceQuery(limit: 1_000))
            bench.expect(try store.list(InstanceQuery(limit: 1_000, after: page.next)).next == nil)
        }
    }

    @Sendable private static func openInstances(_ bench: StoreBench) async throws {
        try await bench.withStore { store in
            bench.expect(try store.openInstances().isEmpty)
            try await store.write { commit in
                let instances: [(String, RuntimeStatus)] = [
                    ("A", .running), ("A", .suspended), ("a", .pending), ("A", .failed), ("B", .completed),
                ]
                for (offset, instance) in instances.enumerated() {
                    var record = InstanceRecord.sample(Int64(offset + 1), status: instance.1)
                    record.name = instance.0
                    commit.instances.append(.init(.insert, record))
                }
            }
            bench.expect(try store.openInstances() == ["A": 2, "a": 1])
        }
    }

    @Sendable private static func counts(_ bench: StoreBench) async throws {
        try await bench.withStore { store in
            try await store.write {
                $0.instances = RuntimeStatus.allCases.enumerated().map {
                    .init(.insert, .sample(Int64($0.offset + 1), status: $0.element))
                }
                $0.addRows(of: 1, generation: 0, episode: 0)
            }
            bench.expect(try store.counts() == PartitionCounts(instances: 8, openInstances: 4, timers: 1))
            try await store.write { $0.instances = [.init(.update, .sample(1, status: .completed))] }
            bench.expect(try store.counts() == PartitionCounts(instances: 8, openInstances: 3, timers: 1))
            try await store.write { $0.purgedInstances = [1, 2] }
            bench.expect(try store.counts() == PartitionCounts(instances: 6, openInstances: 2))
            bench.expect(try store.openInstances().values.reduce(0, +) == 2)
        }
    }
}
