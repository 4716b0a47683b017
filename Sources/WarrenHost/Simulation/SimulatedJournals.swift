import Warren
import WarrenMessaging
package import WarrenStorage

/// The surroundings of a simulated process with partitions that have journals.
package struct SimulatedJournals: Sendable {
    /// The place of a partition's file.
    package var files: @Sendable (Int) -> any PartitionFiles
    /// The secret of a partition's journal that begins.
    package var secret: @Sendable (Int) -> PartitionSecret
    /// The store to which the partition belongs according to the broker.
    package var recordedStore: @Sendable (Int) -> String?
    /// Records the store to which a partition belongs.
    package var opened: @Sendable (_ partition: Int, _ storeID: String) -> Void
    /// Refuses to open a partition again: the process does not consume its queue any more.
    package var mayClaim: @Sendable () throws -> Void
    /// Reports that the process does not start.
    package var failed: @Sendable (any Error) -> Void
    /// Reports that a partition ended.
    package var ended: @Sendable (Int, HostError) -> Void
    package var bug: JournalBug?
    /// The ID of the process's host in claims.
    package var hostID: String
    /// The size of a journal in the broker, in bytes.
    package var journalBytes: Int
    /// Whether the process begins as one that follows, until it has its turn.
    package var follows: Bool
    /// Whether another process follows at present.
    package var isFollowed: @Sendable () -> Bool
    /// What outlives the process in its data directory.
    package var record: FlightRecord

    package init(
        files: @escaping @Sendable (Int) -> any PartitionFiles, secret: @escaping @Sendable (Int) -> PartitionSecret,
        recordedStore: @escaping @Sendable (Int) -> String?, opened: @escaping @Sendable (Int, String) -> Void,
        mayClaim: @escaping @Sendable () throws -> Void, failed: @escaping @Sendable (any Error) -> Void,
        ended: @escaping @Sendable (Int, HostError) -> Void, bug: JournalBug?, hostID: String, journalBytes: Int,
        follows: Bool, isFollowed: @escaping @Sendable () -> Bool, record: FlightRecord
    ) {
        self.files = files
        self.secret = secret
        self.recordedStore = recordedStore
        self.opened = opened
        self.mayClaim = mayClaim
        self.failed = failed
        self.ended = ended
        self.bug = bug
        self.hostID = hostID
        self.journalBytes = journalBytes
        self.follows = follows
        self.isFollowed = isFollowed
        self.record = record
    }

    /// Opens a partition's store as `TaskHubHost` does.
    func open(_ partition: Int, _ parts: SimulatedProcess.Parts) async throws -> JournaledStore {
        let count = parts.configuration.partitionCount
        let journal = PartitionJournal(
            parts.names, partition: partition, of: count, on: parts.transport, executor: parts.executor)
        var around = JournaledStore.Surroundings(
            journal: journal, hostID: hostID, clock: parts.clock, random: parts.random,
            doubtAfter: .milliseconds(500), journalBytes: journalBytes, logger: parts.logger)
        around.makeSecret = { secret(partition) }
        around.bug = bug
        let opening = JournalOpening(
            files: files(partition), around: around, partition: partition, partitionCount: count,
            recordedStore: { recordedStore(partition) }, names: parts.names)
        return try await opening.open()
    }
}
