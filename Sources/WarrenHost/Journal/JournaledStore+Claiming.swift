import Logging
import Synchronization
import Warren
import WarrenMessaging
import WarrenStorage
import WarrenSupport

/// Claims a partition.
extension JournaledStore {
    /// The time for which a claim is tried while nothing at all is read. After it, the journal is read anew.
    private static let claimPatience = Duration.seconds(5)

    /// Claims the partition: returns when everything that counts before the claim is applied, and the claim counts.
    ///
    /// - Throws: `StorageError` if the claim does not come back.
    func begin() async throws {
        if let bug = around.bug, try await beginForTest(bug) { return }
        try await claim()
    }

    func claim() async throws {
        try await readToEnd()
        try await whileRead("a claim") {
            switch try await claimOnce() {
            case .owns: return true
            case .ends(let error): throw error
            // Everything up to this host's turn was read: the other claim is newer, and so is that host's turn.
            case .isLate:
                throw StorageError(.unconfirmed, "Another host's claim was first.", path: around.journal.stream)
            case .isDoubtful, nil: return false
            }
        }
        around.logger.info(
            "A partition was claimed",
            metadata: [LogKey.partition: "\(around.journal.partition)", LogKey.epoch: "\(position?.epoch ?? 0)"])
        try await applied()
    }

    /// Reads everything that is in the journal at the time of this call, and waits until the file has it.
    func catchUp() async throws {
        try await readToEnd()
        do {
            try await applied()
        } catch let error as StorageError {
            // The file takes nothing after a failure: the partition is opened again, also if nothing else happens in it.
            fail(error)
            throw error
        }
    }

    /// Reads everything that is in the journal at the time of this call.
    private func readToEnd() async throws {
        try await readBack(Array("turn \(around.random.next()) \(around.random.next())".utf8))
    }

    /// Appends bytes that are no record and that nobody else appends, and reads up to them.
    func readBack(_ mark: [UInt8]) async throws {
        defer { state.withLock { $0.marks[mark] = nil } }
        try await whileRead("what was appended") {
            let reached = OneShot<Bool>()
            let failure = state.withLock { state in
                state.marks[mark] = reached
                return state.writer.failure
            }
            if let failure { throw failure }
            let patience = around.clock.makeAlarm { reached.set(false) }
            patience.set(after: around.doubtAfter)
            around.journal.append([mark]) { [weak self] error in
                if error.reach == .file { self?.fail(error) }
            }
            let isReached = await withTaskCancellationHandler {
                await reached.value
            } onCancel: {
                reached.set(false)
            }
            patience.set(to: nil)
            return isReached
        }
    }

    /// Tries something until it succeeds, as long as anything is read: what does not come back was lost, or the journal is
    /// long.
    private func whileRead(_ what: String, _ attempt: () async throws -> Bool) async throws {
        var silence = Duration.zero
        while true {
            let read = state.withLock { $0.read }
            if try await attempt() { return }
            try Task.checkCancellation()
            silence = state.withLock { $0.read } == read ? silence + around.doubtAfter : .zero
            if silence > .zero { around.journal.transport.suspectLoss() }
            guard silence < Self.claimPatience else {
                throw StorageError(
                    .io,
                    "The journal did not give back \(what) within \(Self.claimPatience). Look at the broker: a "
                        + "stream needs the majority of its replicas.", path: around.journal.stream)
            }
        }
    }

    /// - Returns: `nil` if nothing was decided for a while.
    private func claimOnce() async throws -> JournalWriter.Turn? {
        let outcome = OneShot<JournalWriter.Turn?>()
        let (record, failure) = state.withLock { state in
            state.claim = outcome
            return (state.writer.claim(around.random.next(), facts(state), at: around.clock.now), state.writer.failure)
        }
        guard let record else {
            throw failure ?? StorageError(.journal, "The journal has not begun.", path: around.journal.stream)
        }
        let patience = around.clock.makeAlarm { outcome.set(nil) }
        patience.set(after: around.doubtAfter)
        around.journal.append([try around.journal.encoded(record)]) { [weak self] error in
            if error.reach == .file { self?.fail(error) }
        }
        let turn = await withTaskCancellationHandler {
            await outcome.value
        } onCancel: {
            outcome.set(nil)
        }
        patience.set(to: nil)
        return turn
    }

    /// Waits until what was read is in the file.
    private func applied() async throws {
        let done = OneShot<Result<Void, StorageError>>()
        store.commit(PartitionCommit()) { done.set($0) }
        try await done.value.get()
    }
}
