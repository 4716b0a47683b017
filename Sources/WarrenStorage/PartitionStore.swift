package import Warren

/// Keeps one partition: everything that must be written together is one `PartitionCommit`.
///
/// Reads see committed state only and may be made from any thread. Commits are taken in the order of the calls; what is
/// ready at the same time shares one transaction (group commit).
package protocol PartitionStore: PartitionReads, AnyObject {
    var identity: PartitionIdentity { get }

    /// What a host needs to go on where the last one stopped. Called once, before the first commit.
    func recover() throws -> RecoveredPartition

    /// Hands over a commit without waiting.
    ///
    /// - Parameter completion: called once, on the store's writer thread, in the order of the calls: success means
    ///   durable. After a failure every later commit fails too; the store must be opened again. Must return quickly.
    func commit(_ commit: PartitionCommit, completion: @escaping @Sendable (Result<Void, StorageError>) -> Void)

    func instance(_ instanceID: String) throws -> InstanceRecord?
    func instance(key: Int64) throws -> InstanceRecord?
    /// The episodes of one generation, oldest first, as they were appended.
    func history(of instance: Int64, generation: Int) throws -> [[UInt8]]
    func inboxEntry(_ key: String) throws -> InboxEntry?
    /// Unconfirmed rows after one, oldest first.
    ///
    /// - Parameters:
    ///   - rows: how many at the most.
    ///   - bytes: from how many bytes on no further row is read.
    func outbox(after id: Int64, most rows: Int, bytes: Int) throws -> [OutboxRow]
    /// The body of a held message; `nil` if there is none of that number.
    ///
    /// - Throws: `.damagedRow` if it is not what was written.
    func heldMessage(_ id: Int64) throws -> [UInt8]?
    /// Matching instances, newest first: ordered by creation time, then instance ID, both descending.
    func list(_ query: InstanceQuery) throws -> RecordPage
    /// Who wants to be told of an instance's end, in addition to those in its row, in the order in which they came.
    func waiters(of instance: Int64) throws -> [[UInt8]]
    /// Matching instances as ``list(_:)`` orders them, with inputs and outputs only if the query asks for them.
    ///
    /// - Parameter bytes: from how many bytes on no further instance is read; the page then says where to go on.
    func summaries(_ query: InstanceQuery, bytes: Int) throws -> RecordPage
    /// An instance with a part of its history, as of one moment; `nil` if there is none.
    ///
    /// - Parameters:
    ///   - episode: the first episode.
    ///   - bytes: from how many bytes on no further episode is read.
    func view(of instanceID: String, from episode: Int, bytes: Int) throws -> InstanceView?
    /// What was set aside because it could not be read.
    ///
    /// - Parameter most: how many of the rows are given, the newest first; all are counted.
    func damagedRows(most: Int) throws -> DamagedRows
    /// Numbers for status pages and tests.
    func counts() throws -> PartitionCounts
    /// How many instances of each orchestration have not ended; those of which there are any.
    func openInstances() throws -> [String: Int]

    /// How far the partition had come before it was opened, for comparison with what was noted elsewhere.
    var commitBeforeOpening: CommitMark? { get }
    /// How far the partition has come; `nil` for a store that cannot fall behind, because it ends with its process.
    var lastCommit: CommitMark? { get }
    /// Tells of each commit that is durable, the last one at once, on the writer thread. Must return quickly.
    func mirrorCommits(to mirror: @escaping @Sendable (CommitMark) -> Void)

    /// Finishes pending commits, then closes the files.
    func close()
}

/// What a store can do by what else it does. One that is read by several threads has to see to it that a view is of one
/// moment.
extension PartitionStore {
    package func waiters(of instance: Int64) throws -> [[UInt8]] { [] }

    package func damagedRows(most: Int) throws -> DamagedRows { DamagedRows() }

    package func summaries(_ query: InstanceQuery, bytes: Int) throws -> RecordPage {
        let page = try list(query)
        let rows = page.instances.map { record in
            var record = record
            if !query.includeInput { record.input = Payload(bytes: []) }
            if !query.includeOutput { record.output = nil }
            return record
        }
        return RecordPage(rows, limit: .max, bytes: bytes, isCut: page.next != nil)
    }

    package func view(of instanceID: String, from episode: Int, bytes: Int) throws -> InstanceView? {
        guard let record = try instance(instanceID) else { return nil }
        var view = InstanceView(record: record, from: episode)
        var read = 0
        for events in try history(of: record.key, generation: record.generation).prefix(record.episodes)
            .dropFirst(max(0, episode))
        {
            guard read < bytes else { break }
            read += events.count
            view.episodes.append(events)
        }
        return view
    }
}

extension PartitionStore {
    package var commitBeforeOpening: CommitMark? { nil }
    package var lastCommit: CommitMark? { nil }
    package func mirrorCommits(to mirror: @escaping @Sendable (CommitMark) -> Void) {}
}
