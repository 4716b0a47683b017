import Synchronization
import Warren
import WarrenStorage

/// Order of commits and completions, and reads beside them.
extension StoreCompliance {
    static let ordering: [Check] = [
        Check("Completions come in the order of the calls, when reads see the commit", order),
        Check("Closing finishes what is pending; later commits fail, and reads too", close),
        Check("A completion may close the store", closeFromCompletion),
        Check("After a failure everything in flight fails with it, in order, and later commits are refused", failure),
        Check("Readers see whole commits while others are written", readers),
    ]

    @Sendable private static func order(_ bench: StoreBench) async throws {
        try await bench.withStore { store in
            let count = 2_000
            let seen = Mutex<[Int]>([])
            let isReadable = Mutex(true)
            try await firstCall("the last commit") { tell in
                for index in 1...count {
                    var commit = PartitionCommit()
                    commit.instances = [.init(.insert, .sample(Int64(index)))]
                    store.commit(commit) { result in
                        if case .success = result { seen.withLock { $0.append(index) } }
                        if index % 100 == 0, (try? store.instance("order-\(index)")) == nil {
                            isReadable.withLock { $0 = false }
                        }
                        if index == count { tell(()) }
                    }
                }
            }
            bench.expect(seen.withLock { $0 } == Array(1...count))
            bench.expect(isReadable.withLock { $0 })
        }
    }

    @Sendable private static func close(_ bench: StoreBench) async throws {
        try await bench.withStore { store in
            let succeeded = Mutex(0)
            for index in 1...100 {
                var commit = PartitionCommit()
                commit.outbox = [OutboxRow(id: Int64(index), messages: [])]
                store.commit(commit) { if case .success = $0 { succeeded.withLock { $0 += 1 } } }
            }
            store.close()
            bench.expect(succeeded.withLock { $0 } == 100)
            let refused = try await store.failure { $0.removedOutbox = [1] }
            bench.expect(refused == .closed)
            await bench.findings.expectThrows(StorageError.self) { try store.instance("x") }
            store.close()
        }
    }

    @Sendable private static func closeFromCompletion(_ bench: StoreBench) async throws {
        try await bench.withStore { store in
            let late = try await firstCall("the commit after closing") { tell in
                store.commit(PartitionCommit()) { _ in
                    store.close()
                    store.commit(PartitionCommit(), completion: tell)
                }
            }
            bench.expect(late.code == .closed)
            let refused = try await store.failure { $0.removedOutbox = [1] }
            bench.expect(refused == .closed)
        }
    }

    @Sendable private static func failure(_ bench: StoreBench) async throws {
        try await bench.withStore { store in
            let outcomes = Mutex<[StorageError.Code?]>([])
            try await firstCall("the last commit") { tell in
                for index in 1...50 {
                    var commit = PartitionCommit()
                    commit.instances = [.init(index == 25 ? .update : .insert, .sample(Int64(index)))]
                    store.commit(commit) { result in
                        outcomes.withLock {
                            if case .failure(let error) = result { $0.append(error.code) } else { $0.append(nil) }
                        }
                        if index == 50 { tell(()) }
                    }
                }
            }
            let codes = outcomes.withLock { $0 }
            // Where the group with the faulty commit began depends on the speed of the disk.
            let successes = codes.prefix { $0 == nil }.count
            bench.expect(successes < 25)
            bench.expect(codes.dropFirst(successes).allSatisfy { $0 == .misuse || $0 == .closed })
            bench.expect(try codes.at(24) == .misuse)
            let stored = try store.counts().instances
            bench.expect(stored == successes)
            let refused = try await store.failure { $0.removedOutbox = [1] }
            bench.expect(refused == .closed)
        }
    }

    @Sendable private static func readers(_ bench: StoreBench) async throws {
        try await bench.withStore { store in
            try await store.write { $0.instances = [.init(.insert, .sample(1))] }
            let isDone = Flag()
            try await withThrowingTaskGroup(of: Int.self) { group in
                for _ in 0..<6 {
                    group.addTask {
                        var reads = 0
                        repeat {
                            // Episodes are read after the instance, so there are at least as many as it says.
                            let record = try bench.require(try store.instance("order-1"))
                            let history = try store.history(of: 1, generation: 0)
                            bench.expect(history.count >= record.episodes)
                            bench.expect(history.enumerated().allSatisfy { $0.element == bytes("1.0.\($0.offset)") })
                            _ = try store.list(InstanceQuery(statuses: [.running, .pending]))
                            _ = try store.counts()
                            reads += 1
                            await Task.yield()
                        } while !isDone.isSet
                        return reads
                    }
                }
                for episode in 0..<300 {
                    var record = InstanceRecord.sample(1, status: episode % 2 == 0 ? .pending : .running)
                    record.episodes = episode + 1
                    try await store.write {
                        $0.instances = [.init(.update, record)]
                        $0.addRows(of: 1, generation: 0, episode: episode)
                    }
                }
                isDone.set()
                for try await reads in group { bench.expect(reads > 0) }
            }
            bench.expect(try store.history(of: 1, generation: 0).count == 300)
        }
    }
}

/// Tells tasks to stop.
private final class Flag: Sendable {
    private let value = Mutex(false)

    var isSet: Bool { value.withLock { $0 } }

    func set() { value.withLock { $0 = true } }
}
