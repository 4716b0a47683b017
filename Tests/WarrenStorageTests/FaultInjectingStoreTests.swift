import Synchronization
import Testing
import Warren
import WarrenStorage
import WarrenTestKit

/// The store that fails on purpose does so as a real one would.
@Suite(.timeLimit(.minutes(5)))
struct FaultInjectingStoreTests {
    private func row(_ id: Int64) -> (inout PartitionCommit) -> Void {
        { $0.outbox = [OutboxRow(id: id, messages: [])] }
    }

    @Test("The named commit fails with the given error, later ones are refused, nothing of them is written")
    func fails() async throws {
        let memory = try InMemoryPartitionStore()
        let store = FaultInjectingStore(memory, fault: .fail(commit: 2, StorageError(.full, "on purpose")))
        #expect(try await store.failure(row(1)) == nil)
        #expect(try await store.failure(row(2)) == .full)
        #expect(try await store.failure(row(3)) == .closed)
        #expect(try memory.outbox.map(\.id) == [1])
        #expect(store.commitCount == 3)
        store.close()
    }

    @Test("After a crash nothing is completed; the last commit is durable or not, as asked", arguments: [true, false])
    func crashes(isWritten: Bool) async throws {
        let memory = try InMemoryPartitionStore()
        let store = FaultInjectingStore(memory, fault: isWritten ? .crashAfter(commit: 2) : .crashBefore(commit: 2))
        #expect(try await store.failure(row(1)) == nil)
        let completed = Mutex(0)
        for id in [Int64(2), 3] {
            var commit = PartitionCommit()
            row(id)(&commit)
            store.commit(commit) { _ in completed.withLock { $0 += 1 } }
        }
        // Whatever was handed over is done once a later commit of the store beneath is.
        try await memory.write { _ in }
        #expect(completed.withLock { $0 } == 0)
        #expect(try memory.outbox.map(\.id) == (isWritten ? [1, 2] : [1]))
        store.close()
    }

    @Test("A record of the journal is affected as a commit is")
    func records() async throws {
        let memory = try InMemoryPartitionStore(journal: .sample)
        let store = FaultInjectingStore(memory, fault: .fail(commit: 2, StorageError(.full, "on purpose")))
        try await store.outcome(of: [.sending(1), .sending(2)], at: .sample(1)).get()
        let failed = try await store.outcome(of: [.sending(3)], at: .sample(2))
        #expect { try failed.get() } throws: { ($0 as? StorageError)?.code == .full }
        #expect(try await store.failure(row(4)) == .closed)
        #expect(try memory.outbox.map(\.id) == [1, 2])
        let counter = CommitCounter()
        let counting = CountingStore(memory, counter)
        try await counting.outcome(of: [.sending(5)], at: .sample(3)).get()
        await counter.idle()
        counting.close()
    }
}
