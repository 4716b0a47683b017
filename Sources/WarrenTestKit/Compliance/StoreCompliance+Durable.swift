import Warren
import WarrenStorage

/// What a store finds when it is opened again, in the same process or in another one.
extension StoreCompliance {
    static let durable: [Check] = [
        Check("What was committed is there when the store is opened again, under the same identity", reopened),
        Check("What broke a rule is not there when the store is opened again, and commits go on", afterFailure),
    ]

    static let durableJournal: [Check] = [
        Check("The journal's position is there at the next opening, with what was applied", position)
    ]

    @Sendable private static func reopened(_ bench: StoreBench) async throws {
        try await bench.withPlace { place in
            let first = try await bench.make(place)
            var record = InstanceRecord.full
            record.episodes = 2
            try await first.write {
                $0.instances = [.init(.insert, record)]
                $0.addRows(of: record.key, generation: record.generation, episode: 0)
                $0.addRows(of: record.key, generation: record.generation, episode: 1)
                $0.inbox = [InboxEntry(key: "k", bodyHash: -1, instanceID: record.instanceID, at: time(5))]
                $0.outbox = [OutboxRow(id: 3, messages: bytes("out"))]
                $0.held = [HeldMessage(id: 2, subject: "s", expiresAt: time(9), message: bytes("held"))]
                $0.waiters = [WaiterRow(instance: record.key, address: [1])]
            }
            let recovered = try first.recover()
            let identity = first.identity
            first.close()

            let second = try await bench.make(place)
            defer { second.close() }
            bench.expect(second.identity.storeID == identity.storeID, "the store's ID stays")
            bench.expect(second.identity.partition == identity.partition && second.identity.hub == identity.hub)
            bench.expect(try second.instance(record.instanceID) == record)
            bench.expect(try second.history(of: record.key, generation: record.generation).count == 2)
            bench.expect(try second.inboxEntry("k")?.bodyHash == -1)
            bench.expect(try second.outbox == [OutboxRow(id: 3, messages: bytes("out"))])
            bench.expect(try second.heldMessage(2) == bytes("held"))
            bench.expect(try second.waiters(of: record.key) == [[1]])
            let again = try second.recover()
            bench.expect(again.timers == recovered.timers && again.leases == recovered.leases)
            bench.expect(again.held == recovered.held)
            bench.expect(
                [again.lastInstanceKey, again.lastOutboxID, again.lastHeldID]
                    == [recovered.lastInstanceKey, recovered.lastOutboxID, recovered.lastHeldID])
        }
    }

    @Sendable private static func afterFailure(_ bench: StoreBench) async throws {
        try await bench.withPlace { place in
            let first = try await bench.make(place)
            try await first.write { $0.outbox = [OutboxRow(id: 1, messages: [1])] }
            let code = try await first.failure {
                $0.outbox = [OutboxRow(id: 2, messages: [2]), OutboxRow(id: 1, messages: [])]
            }
            bench.expect(code == .misuse)
            first.close()

            let second = try await bench.make(place)
            defer { second.close() }
            bench.expect(try second.outbox.map(\.id) == [1])
            try await second.write { $0.outbox = [OutboxRow(id: 2, messages: [])] }
            bench.expect(try second.outbox.map(\.id) == [1, 2])
        }
    }

    @Sendable private static func position(_ bench: StoreBench) async throws {
        try await bench.withPlace(journal: .sample) { place in
            let first = try await bench.make(place)
            bench.expect(first.journalPosition == nil)
            try await first.outcome(of: [.sending(1), .sending(2)], at: .sample(1)).get()
            bench.expect(first.journalPosition == nil, "the position is that of opening")
            first.close()
            let second = try await bench.make(place)
            bench.expect(second.journalPosition == .sample(1))
            bench.expect(try second.outbox.map(\.id) == [1, 2])
            // A record without commits moves the position; a commit without a record does not.
            try await second.outcome(of: [], at: .sample(2)).get()
            try await second.write { $0.removedOutbox = [1] }
            second.close()
            let third = try await bench.make(place)
            defer { third.close() }
            bench.expect(third.journalPosition == .sample(2))
            bench.expect(try third.outbox.map(\.id) == [2])
        }
    }
}
