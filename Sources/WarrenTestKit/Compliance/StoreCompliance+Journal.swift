import Synchronization
import Warren
import WarrenStorage

/// Commits of a journal's record are applied together and with the position behind it.
extension StoreCompliance {
    static let journal: [Check] = [
        Check("Records and commits are applied in the order of the calls", recordOrder),
        Check("A record is applied as a whole or not at all, however many commits it has", wholeRecord),
        Check("A record of another journal is refused", otherJournal),
    ]

    @Sendable private static func recordOrder(_ bench: StoreBench) async throws {
        try await bench.withStore(journal: .sample) { store in
            let seen = Mutex<[Int64]>([])
            try await firstCall("the last record") { tell in
                for id in stride(from: 1 as Int64, through: 600, by: 3) {
                    store.apply([.sending(id), .sending(id + 1)], at: .sample(UInt64(id))) { result in
                        if case .success = result { seen.withLock { $0.append(id) } }
                    }
                    store.commit(.sending(id + 2)) { result in
                        if case .success = result { seen.withLock { $0.append(id + 2) } }
                        if id + 2 == 600 { tell(()) }
                    }
                }
            }
            bench.expect(seen.withLock { $0 } == (1...600).filter { $0 % 3 != 2 })
            bench.expect(try store.outbox.map(\.id) == Array(1...600))
        }
    }

    @Sendable private static func wholeRecord(_ bench: StoreBench) async throws {
        try await bench.withStore(journal: .sample) { store in
            // More than stores write in one transaction otherwise.
            let count: Int64 = 612
            let before = store.lastCommit?.number
            try await store.outcome(of: (1...count).map { .sending($0) }, at: .sample(1)).get()
            bench.expect(store.lastCommit?.number == before.map { $0 + 1 })
            // The last commit breaks a rule.
            let broken: [PartitionCommit] = (1...count).map { .sending($0 + count) } + [.sending(1)]
            let outcome = try await store.outcome(of: broken, at: .sample(2))
            bench.expect(outcome.code == .misuse)
            bench.expect(try store.outbox.map(\.id) == Array(1...count))
            let refused = try await store.outcome(of: [], at: .sample(3))
            bench.expect(refused.code == .closed)
        }
    }

    @Sendable private static func otherJournal(_ bench: StoreBench) async throws {
        try await bench.withStore(journal: .sample) { store in
            let outcome = try await store.outcome(of: [.sending(1)], at: .sample(1, journal: 5))
            bench.expect(outcome.code == .misuse)
            bench.expect(try store.outbox.isEmpty)
        }
        try await bench.withStore { store in
            let outcome = try await store.outcome(of: [.sending(1)], at: .sample(1))
            bench.expect(outcome.code == .misuse)
        }
    }
}
