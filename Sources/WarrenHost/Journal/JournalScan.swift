import AMQPMessages
import Warren
import WarrenMessaging
import WarrenSupport

/// Reads a journal to look for the place from which to begin.
struct JournalScan {
    private var tail: JournalTail
    private let clock: any HostClock
    private let patience: Duration

    /// The genesis, and the position behind it, if it is the first record that the broker still has.
    private(set) var beginning: (genesis: JournalGenesis, position: JournalPosition)?
    /// Folds up to the genesis.
    private var fold = JournalFold()
    /// The snapshots, in their order. Some may be of hosts that did not own the partition any more: they are as good.
    private(set) var snapshots: [JournalSnapshot] = []
    /// Whether no record was read.
    private(set) var isEmpty = true

    init(_ tail: JournalTail, clock: any HostClock, patience: Duration) {
        self.tail = tail
        self.clock = clock
        self.patience = patience
    }

    func close() { tail.close() }

    /// Appends bytes that every reader skips, and reads up to them.
    ///
    /// - Returns: their offset.
    mutating func readToMark(by journal: PartitionJournal, _ random: RandomSource) async throws -> Int64 {
        let mark = Array("mark \(random.next()) \(random.next())".utf8)
        try await journal.append(foreign: mark)
        return try await read(journal) { entry in
            if case .foreign(let bytes) = entry.content { return bytes == mark }
            return false
        }
    }

    /// Begins a journal, and reads up to its first record: another host may have begun it first.
    mutating func readGenesis(by journal: PartitionJournal, _ genesis: JournalRecord) async throws {
        try await journal.append(genesis)
        _ = try await read(journal) { $0.record != nil }
    }

    private mutating func read(
        _ journal: PartitionJournal, until isLast: (JournalEntry) -> Bool
    ) async throws -> Int64 {
        while true {
            guard let entries = try await tail.read(within: patience, on: clock) else {
                try Task.checkCancellation()
                throw StorageError(
                    .io,
                    "The journal did not give back what was appended within \(patience). Look at the broker: a stream "
                        + "needs the majority of its replicas.", path: journal.stream)
            }
            for (index, entry) in entries.enumerated() {
                note(entry)
                guard isLast(entry) else { continue }
                tail.putBack(entries.dropFirst(index + 1))
                return entry.offset
            }
        }
    }

    private mutating func note(_ entry: JournalEntry) {
        guard let record = entry.record else {
            if isEmpty { fold.skip(size: entry.size) }
            return
        }
        if isEmpty, case .begins(let genesis) = fold.fold(record, offset: entry.offset, size: entry.size) {
            beginning = fold.position.map { (genesis, $0) }
        }
        if case .snapshot(let snapshot) = record.content { snapshots.append(snapshot) }
        isEmpty = false
    }
}
