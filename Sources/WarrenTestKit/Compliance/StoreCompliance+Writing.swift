import Synchronization
import Warren
import WarrenStorage

/// What every store does with what it is given.
extension StoreCompliance {
    static let writing: [Check] = [
        Check("An instance comes back as it was inserted", insert),
        Check("IDs that look alike but differ in bytes are two instances", canonicalEquivalence),
        Check("An update changes what a step can change, and nothing else", update),
        Check("A new generation replaces every column and what belonged to earlier ones", replace),
        Check("Within a commit, what is new is applied before what is removed", order),
        Check("A purge comes first, so another instance may have the ID at once", purgeFirst),
        Check("Recovery returns everything that is open, in order", recover),
        Check("Numbers are never given twice, even after the rows that had them are gone", counters),
        Check("The inbox knows a message until it is forgotten, and takes another one under its key", inbox),
        Check("Old keys go in pieces, the oldest first", forgetsInPieces),
        Check("A held message's body is read when it is asked for", heldBody),
        Check("A purge leaves nothing of an instance", purge),
        Check("What breaks a rule fails, leaves nothing behind, and ends the store", misuse),
    ]

    @Sendable private static func insert(_ bench: StoreBench) async throws {
        try await bench.withStore { store in
            let plain = InstanceRecord.sample(1)
            try await store.write { $0.instances = [.init(.insert, plain), .init(.insert, .full)] }
            bench.expect(try store.instance(plain.instanceID) == plain)
            bench.expect(try store.instance(InstanceRecord.full.instanceID) == .full)
            bench.expect(try store.instance("nobody") == nil)
        }
    }

    @Sendable private static func canonicalEquivalence(_ bench: StoreBench) async throws {
        try await bench.withStore { store in
            try await store.write {
                $0.instances = [.init(.insert, .sample(1, id: "\u{e9}")), .init(.insert, .sample(2, id: "e\u{301}"))]
                $0.inbox = [
                    InboxEntry(key: "\u{e9}", bodyHash: 1, instanceID: "a", at: time(1)),
                    InboxEntry(key: "e\u{301}", bodyHash: 1, instanceID: "b", at: time(1)),
                ]
            }
            bench.expect(try store.instance("\u{e9}")?.key == 1)
            bench.expect(try store.instance("e\u{301}")?.key == 2)
            bench.expect(try store.inboxEntry("e\u{301}")?.instanceID.utf8.elementsEqual("b".utf8) == true)
        }
    }

    @Sendable private static func update(_ bench: StoreBench) async throws {
        try await bench.withStore { store in
            var inserted = InstanceRecord.full
            inserted.trace = .sampleWithState
            inserted.version = "1.0"
            var changed = InstanceRecord.sample(7, status: .completed)
            changed.generation = inserted.generation
            changed.completedAt = time(77)
            changed.output = Payload(json: "1")
            changed.episodes = 5
            changed.waiters = [9]
            changed.eventWaits = bytes(#"[["Go",1]]"#)
            changed.trace = .sample
            changed.version = "2.0"
            changed.conditionBytes = bytes(#"{"cause":"operator"}"#)
            try await store.write { $0.instances = [.init(.insert, inserted)] }
            try await store.write { $0.instances = [.init(.update, changed)] }

            var expected = inserted
            expected.status = .completed
            expected.lastUpdatedAt = changed.lastUpdatedAt
            expected.completedAt = changed.completedAt
            expected.output = changed.output
            expected.customStatus = nil
            expected.failure = nil
            expected.episodes = 5
            expected.waiters = [9]
            expected.eventWaits = changed.eventWaits
            expected.conditionBytes = changed.conditionBytes
            bench.expect(try store.instance(inserted.instanceID) == expected)

            expected.episodes = 6
            try await store.write { $0.instances = [.init(.update, expected)] }
            bench.expect(try store.instance(inserted.instanceID) == expected)
        }
    }

    @Sendable private static func replace(_ bench: StoreBench) async throws {
        try await bench.withStore { store in
            let first = InstanceRecord.sample(1, tags: ["a": "1", "b": "2"])
            var second = InstanceRecord.full
            second.key = 1
            second.generation = 1
            second.trace = .sample
            try await store.write {
                $0.instances = [.init(.insert, first), .init(.insert, .sample(2))]
                for instance in [Int64(1), 2] { $0.addRows(of: instance, generation: 0, episode: 0) }
            }
            // The last episode of the old generation is in the commit that begins the new one.
            try await store.write {
                $0.instances = [.init(.update, first), .init(.replace, second)]
                $0.addRows(of: 1, generation: 0, episode: 1)
                $0.addRows(of: 1, generation: 1, episode: 0)
            }
            bench.expect(try store.instance(first.instanceID) == nil)
            bench.expect(try store.instance(second.instanceID) == second)
            bench.expect(try store.history(of: 1, generation: 0) == [])
            bench.expect(try store.history(of: 1, generation: 1) == [bytes("1.1.0")])
            bench.expect(try store.history(of: 2, generation: 0) == [bytes("2.0.0")])
            let recovered = try store.recover()
            bench.expect(
                Set(recovered.timers.map(\.key)) == [
                    .init(instance: 1, generation: 1, id: 0), .init(instance: 2, generation: 0, id: 0),
                ])
            bench.expect(Set(recovered.leases.map(\.key.generation)) == [0, 1])
            bench.expect(recovered.leases.count == 2)
            bench.expect(try store.list(InstanceQuery(tag: .init(key: "a", value: "1"))).instances.isEmpty)
            bench.expect(try store.list(InstanceQuery(tag: .init(key: "tier", value: "gold"))).instances == [second])

            // A generation that leaves ID, name, status and creation time as they are, as continue-as-new does.
            var third = second
            third.generation = 2
            third.executionID = "third"
            third.input = Payload(json: "3")
            third.tags = [:]
            third.trace = .sampleWithState
            try await store.write { $0.instances = [.init(.replace, third)] }
            bench.expect(try store.instance(second.instanceID) == third)
            bench.expect(try store.history(of: 1, generation: 1) == [])
            third.trace = nil
            try await store.write { $0.instances = [.init(.replace, third)] }
            bench.expect(try store.instance(second.instanceID) == third)
        }
    }

    @Sendable private static func order(_ bench: StoreBench) async throws {
        try await bench.withStore { store in
            try await store.write {
                $0.instances = [.init(.insert, .sample(1)), .init(.insert, .sample(2))]
                $0.addRows(of: 1, generation: 0, episode: 0)
                $0.addRows(of: 2, generation: 0, episode: 0)
                $0.outbox = [OutboxRow(id: 1, messages: []), OutboxRow(id: 2, messages: [1])]
                $0.held = [
                    HeldMessage(id: 1, subject: "s", expiresAt: time(1), message: []),
                    HeldMessage(id: 2, subject: "s", expiresAt: time(1), message: [1]),
                ]
                $0.removedTimers = [.init(instance: 1, generation: 0, id: 0), .init(instance: 9, generation: 0, id: 0)]
                $0.removedLeases = [.init(instance: 1, generation: 0, taskID: 0)]
                $0.removedOutbox = [1, 99]
                $0.removedHeld = [1, 99]
            }
            let recovered = try store.recover()
            bench.expect(recovered.timers.map(\.key.instance) == [2])
            bench.expect(recovered.leases.map(\.key.instance) == [2])
            bench.expect(recovered.outboxCount == 1)
            bench.expect(try store.outbox == [OutboxRow(id: 2, messages: [1])])
            bench.expect(recovered.held.map(\.id) == [2])
            bench.expect(
                try store.counts() == PartitionCounts(instances: 2, openInstances: 2, outbox: 1, timers: 1, held: 1))
        }
    }

    @Sendable private static func purgeFirst(_ bench: StoreBench) async throws {
        try await bench.withStore { store in
            var heir = InstanceRecord.sample(3)
            try await store.write {
                $0.instances = [.init(.insert, .sample(1)), .init(.insert, .sample(2))]
                for key in [1, 2] as [Int64] {
                    $0.addRows(of: key, generation: 0, episode: 0)
                }
                $0.inbox = [InboxEntry(key: "k", bodyHash: 1, instanceID: "order-1", at: time(1))]
            }
            let gone = try bench.require(try store.instance(key: 1))
            heir.instanceID = gone.instanceID
            try await store.write {
                $0.purgedInstances = [1, 99]
                $0.instances = [.init(.insert, heir)]
            }
            bench.expect(try store.instance(gone.instanceID) == heir)
            bench.expect(try store.instance(key: 1) == nil)
            bench.expect(try store.history(of: 1, generation: 0).isEmpty)
            let recovered = try store.recover()
            bench.expect(recovered.timers.allSatisfy { $0.key.instance == 2 })
            bench.expect(recovered.leases.allSatisfy { $0.key.instance == 2 })
            bench.expect(recovered.lastInstanceKey == 3)
            bench.expect(try store.inboxEntry("k")?.instanceID == "order-1")
            bench.expect(try store.counts().instances == 2)
            bench.expect(try store.list(InstanceQuery()).instances.count == 2)
        }
    }

    @Sendable private static func recover(_ bench: StoreBench) async throws {
        try await bench.withStore { store in
            let timers = [3, 1, 2].map {
                TimerRow(key: .init(instance: Int64($0), generation: 0, id: -1), fireAt: time(Int64(100 - $0)))
            }
            let leases = [5, 4].map {
                TaskLease(key: .init(instance: 1, generation: 0, taskID: $0), attempt: 1, expiresAt: time(Int64($0)))
            }
            let outbox = (1...300).map { OutboxRow(id: Int64($0), messages: bytes("message \($0)")) }
            let held = [
                HeldMessage(id: 1, subject: "instance:🦊", expiresAt: time(3), message: [1]),
                HeldMessage(id: 2, subject: "", expiresAt: time(1), message: []),
            ]
            try await store.write {
                $0.timers = timers
                $0.leases = leases
                $0.outbox = outbox
                $0.held = held
            }
            // A lease is renewed, confirmed messages go.
            var renewed = try leases.at(1)
            renewed.attempt = 2
            renewed.expiresAt = time(50)
            try await store.write {
                $0.leases = [renewed]
                $0.removedOutbox = Array(1...298)
            }
            let recovered = try store.recover()
            bench.expect(recovered.timers == timers.sorted { $0.fireAt < $1.fireAt })
            bench.expect(recovered.leases == [try leases.at(0), renewed])
            bench.expect(recovered.outboxCount == 2)
            bench.expect(try store.outbox == Array(outbox.suffix(2)))
            bench.expect(try store.outbox(after: 299, most: 10, bytes: .max) == [try outbox.at(299)])
            bench.expect(try store.outbox(after: 0, most: 1, bytes: .max) == [try outbox.at(298)])
            bench.expect(
                try store.outbox(after: 0, most: 10, bytes: 1) == [try outbox.at(298)],
                "at least one, whatever its size")
            bench.expect(try store.outbox(after: 300, most: 10, bytes: .max) == [])
            bench.expect(recovered.held == held.map(HeldEntry.init))
        }
    }

    @Sendable private static func counters(_ bench: StoreBench) async throws {
        try await bench.withStore { store in
            try await store.write {
                $0.instances = [.init(.insert, .sample(41))]
                $0.outbox = [OutboxRow(id: 42, messages: [])]
                $0.held = [HeldMessage(id: 43, subject: "", expiresAt: time(0), message: [])]
            }
            try await store.write {
                $0.purgedInstances = [41]
                $0.removedOutbox = [42]
                $0.removedHeld = [43]
            }
            let recovered = try store.recover()
            bench.expect(recovered.lastInstanceKey == 41)
            bench.expect(recovered.lastOutboxID == 42)
            bench.expect(recovered.lastHeldID == 43)
            bench.expect(try store.counts() == PartitionCounts())
        }
    }

    @Sendable private static func inbox(_ bench: StoreBench) async throws {
        try await bench.withStore { store in
            let old = InboxEntry(key: "old", bodyHash: .min, instanceID: "a", at: time(10))
            let new = InboxEntry(key: "% _🦊", bodyHash: .max, instanceID: "b", at: time(20))
            try await store.write { $0.inbox = [old, new] }
            bench.expect(try store.inboxEntry("old") == old)
            bench.expect(try store.inboxEntry("% _🦊") == new)

            let other = InboxEntry(key: "old", bodyHash: 5, instanceID: "c", at: time(19))
            try await store.write { $0.inbox = [other] }
            bench.expect(try store.inboxEntry("old") == other)

            try await store.write { $0.forgetInboxBefore = time(20) }
            bench.expect(try store.inboxEntry("old") == nil)
            bench.expect(try store.inboxEntry("% _🦊") == new)
        }
    }

    @Sendable private static func forgetsInPieces(_ bench: StoreBench) async throws {
        try await bench.withStore { store in
            let count = Int64(InboxEntry.forgottenAtOnce) + 10
            try await store.write {
                $0.inbox = (0..<count).map {
                    InboxEntry(key: "k\($0)", bodyHash: 1, instanceID: "a", at: time($0))
                }
            }
            try await store.write { $0.forgetInboxBefore = time(count) }
            bench.expect(try store.inboxEntry("k\(InboxEntry.forgottenAtOnce - 1)") == nil)
            bench.expect(try store.inboxEntry("k\(InboxEntry.forgottenAtOnce)") != nil)
            try await store.write { $0.forgetInboxBefore = time(count) }
            bench.expect(try store.inboxEntry("k\(count - 1)") == nil)
        }
    }

    @Sendable private static func heldBody(_ bench: StoreBench) async throws {
        try await bench.withStore { store in
            try await store.write {
                $0.held = [HeldMessage(id: 4, subject: "s", expiresAt: time(9), message: bytes("body"))]
            }
            bench.expect(try store.recover().held == [HeldEntry(id: 4, subject: "s", expiresAt: time(9), size: 4)])
            bench.expect(try store.heldMessage(4) == bytes("body"))
            bench.expect(try store.heldMessage(5) == nil)
        }
    }

    @Sendable private static func purge(_ bench: StoreBench) async throws {
        try await bench.withStore { store in
            try await store.write {
                $0.instances = [
                    .init(.insert, .sample(1, tags: ["t": "v"])), .init(.insert, .sample(2, tags: ["t": "v"])),
                ]
                for instance in [Int64(1), 2] {
                    $0.addRows(of: instance, generation: 0, episode: 0)
                    $0.addRows(of: instance, generation: 1, episode: 0)
                }
            }
            try await store.write { $0.purgedInstances = [1] }
            bench.expect(try store.instance("order-1") == nil)
            bench.expect(try store.history(of: 1, generation: 0) == [])
            bench.expect(try store.history(of: 1, generation: 1) == [])
            bench.expect(try store.history(of: 2, generation: 1) == [bytes("2.1.0")])
            bench.expect(Set(try store.recover().timers.map(\.key.instance)) == [2])
            bench.expect(Set(try store.recover().leases.map(\.key.instance)) == [2])
            bench.expect(try store.list(InstanceQuery(tag: .init(key: "t", value: "v"))).instances.map(\.key) == [2])
            // The ID is free again.
            try await store.write { $0.instances = [.init(.insert, .sample(3, id: "order-1"))] }
            bench.expect(try store.instance("order-1")?.key == 3)
        }
    }

    /// What breaks a rule of the store.
    private enum Fault: CaseIterable {
        case sameKey, sameID, updateOfNothing, updateOfAnotherGeneration, replaceOfNothing
        case sameEpisode, sameTimer, sameMessage, sameOutbox, sameHeld
    }

    @Sendable private static func misuse(_ bench: StoreBench) async throws {
        for fault in Fault.allCases {
            try await bench.withStore { store in
                let entry = InboxEntry(key: "k", bodyHash: 1, instanceID: "i", at: time(1))
                let heldMessage = HeldMessage(id: 1, subject: "s", expiresAt: time(1), message: [])
                try await store.write {
                    $0.instances = [.init(.insert, .sample(1))]
                    $0.addRows(of: 1, generation: 0, episode: 0)
                    $0.inbox = [entry]
                    $0.outbox = [OutboxRow(id: 1, messages: [])]
                    $0.held = [heldMessage]
                }
                let before = try store.recover()
                let outbox = try store.outbox
                let code = try await store.failure {
                    $0.instances = [.init(.insert, .sample(9, id: "new"))]
                    $0.addRows(of: 9, generation: 0, episode: 0)
                    $0.outbox = [OutboxRow(id: 9, messages: [])]
                    switch fault {
                    case .sameKey: $0.instances.append(.init(.insert, .sample(1, id: "other")))
                    case .sameID: $0.instances.append(.init(.insert, .sample(5, id: "order-1")))
                    case .updateOfNothing: $0.instances.append(.init(.update, .sample(5)))
                    case .updateOfAnotherGeneration:
                        var record = InstanceRecord.sample(1)
                        record.generation = 1
                        $0.instances.append(.init(.update, record))
                    case .replaceOfNothing: $0.instances.append(.init(.replace, .sample(5)))
                    case .sameEpisode: $0.history.append(contentsOf: $0.history)
                    case .sameTimer: $0.timers.append(contentsOf: $0.timers)
                    case .sameMessage: $0.inbox = [entry]
                    case .sameOutbox: $0.outbox.append(OutboxRow(id: 1, messages: []))
                    case .sameHeld: $0.held = [heldMessage]
                    }
                }
                bench.expect(code == .misuse)
                let refused = try await store.failure { $0.outbox = [OutboxRow(id: 77, messages: [])] }
                bench.expect(refused == .closed)
                bench.expect(try store.instance("new") == nil)
                bench.expect(try store.history(of: 9, generation: 0) == [])
                let after = try store.recover()
                bench.expect(try store.outbox == outbox)
                bench.expect(after.timers == before.timers)
                bench.expect(after.lastInstanceKey == before.lastInstanceKey)
                bench.expect(try store.counts().instances == 1)
            }
        }
    }
}
