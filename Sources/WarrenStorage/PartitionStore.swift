public import Warren

/// Stores one partition: rows that must be written together are one `PartitionCommit`.
///
/// Reads see committed state only and may be made from any thread. Commits are applied in the order of the calls; those
/// that are ready at the same time share one transaction (group commit).
///
/// The protocol is public for stores of your own, but no part of the stable interface: a minor version may add
/// requirements. The page Testing of Warren's documentation says how a store is checked and given to a host.
public protocol PartitionStore: PartitionReads, AnyObject {
    /// The identity of the partition, which stays the same as long as its data are kept.
    var identity: PartitionIdentity { get }

    /// Makes this process the one that writes the partition. Called once, before `recover`, when its host owns the
    /// partition.
    func begin() async throws

    /// The state that a host needs to continue where the last one stopped. Called once, before the first commit.
    func recover() throws -> RecoveredPartition

    /// Submits a commit without waiting.
    ///
    /// - Parameter completion: called once, on the store's writer thread, in the order of the calls: success means
    ///   durable. After a failure every later commit fails too; the store must be opened again. Must return quickly.
    func commit(_ commit: PartitionCommit, completion: @escaping @Sendable (Result<Void, StorageError>) -> Void)

    /// The position in the partition's journal as of opening; `nil` before its first record, and without a journal.
    var journalPosition: JournalPosition? { get }

    /// Submits the commits of one record of the journal without waiting, in order with ``commit(_:completion:)``. They
    /// are applied together and with the position, or not at all.
    ///
    /// - Parameters:
    ///   - commits: none for a record that moves only the position.
    ///   - position: the position behind the record. A position of another journal fails with `.misuse`.
    ///   - completion: as for ``commit(_:completion:)``.
    func apply(
        _ commits: [PartitionCommit], at position: JournalPosition,
        completion: @escaping @Sendable (Result<Void, StorageError>) -> Void)

    /// Writes a complete copy of the file as of one moment, while commits go on. When this returns, the copy is durable
    /// and closed to other users. It does not refer to this file: another host may open it as its own.
    ///
    /// - Parameter path: a path at which there is no file yet.
    /// - Returns: the position in the journal that the copy holds.
    /// - Throws: `.misuse` by a store without a file; `.closed` if the store is closed meanwhile; `.full`; `.io`.
    func copy(to path: String) throws -> JournalPosition?

    /// The size of the file in bytes, without its log; 0 without a file.
    func fileBytes() -> Int64
    /// The size of the file's write-ahead log in bytes; 0 without a file.
    func logBytes() -> Int64

    /// The instance with an ID; IDs compare as bytes.
    func instance(_ instanceID: String) throws -> InstanceRecord?
    /// The instance with a key.
    func instance(key: Int64) throws -> InstanceRecord?
    /// The episodes of one generation, oldest first, as they were appended.
    func history(of instance: Int64, generation: Int) throws -> [[UInt8]]
    /// The entry of a message that was taken; keys compare as bytes.
    func inboxEntry(_ key: String) throws -> InboxEntry?
    /// Unconfirmed rows after one, oldest first.
    ///
    /// - Parameters:
    ///   - rows: the maximum number of rows.
    ///   - bytes: the size from which on no further row is read.
    func outbox(after id: Int64, most rows: Int, bytes: Int) throws -> [OutboxRow]
    /// The body of a held message; `nil` if none has that number.
    ///
    /// - Throws: `.damagedRow` if it differs from what was written.
    func heldMessage(_ id: Int64) throws -> [UInt8]?
    /// Matching instances in the query's order.
    ///
    /// Of the condition on what an instance waits for, a store tests whether the instance is open, and waits for events.
    /// Other waits are in histories, which a listing does not read.
    func list(_ query: InstanceQuery) throws -> RecordPage
    /// The callers that wait for an instance's end, in addition to those in its row, in the order in which they were
    /// added.
    func waiters(of instance: Int64) throws -> [[UInt8]]
    /// Matching instances as ``list(_:)`` orders them, with inputs and outputs only if the query asks for them.
    ///
    /// - Parameter bytes: the size from which on no further instance is read; the page then names the place to
    ///   continue.
    func summaries(_ query: InstanceQuery, bytes: Int) throws -> RecordPage
    /// An instance with a part of its history, as of one moment; `nil` if there is none.
    ///
    /// - Parameters:
    ///   - episode: the first episode.
    ///   - bytes: the size from which on no further episode is read.
    func view(of instanceID: String, from episode: Int, bytes: Int) throws -> InstanceView?

    /// The details of the latest heartbeats of a generation's activities, by number.
    func heartbeats(of instance: Int64, generation: Int) throws -> [Int: Payload?]
    /// The rows that were set aside because they could not be read.
    ///
    /// - Parameter most: the maximum number of rows returned, the newest first; all are counted.
    func damagedRows(most: Int) throws -> DamagedRows
    /// The number of matching instances, by status and part of the time.
    ///
    /// - Parameter most: the maximum number of instances that are looked at one by one; the answer says if there are more.
    func instanceCounts(_ query: InstanceCountQuery, most: Int) throws -> InstanceCounts
    /// Numbers for status pages and tests.
    func counts() throws -> PartitionCounts
    /// The instances with a status that ended after a place, in the order of their ends.
    ///
    /// - Parameters:
    ///   - place: an instance in that order, which need not exist any more; `nil` for the beginning.
    ///   - most: the maximum number of instances.
    func ended(_ status: RuntimeStatus, after place: EndedInstance?, most: Int) throws -> [EndedInstance]
    /// The number of open instances of each orchestration that has any.
    func openInstances() throws -> [String: Int]

    /// The progress of the partition before it was opened, for comparison with other records.
    var commitBeforeOpening: CommitMark? { get }
    /// The progress of the partition; `nil` for a store that cannot fall behind, because it ends with its process.
    var lastCommit: CommitMark? { get }
    /// Reports each durable commit to `mirror`, the last one at once, on the writer thread. It must return quickly.
    func mirrorCommits(to mirror: @escaping @Sendable (CommitMark) -> Void)

    /// Calls an observer if the store fails by itself, also when nothing is being written. It must return quickly.
    func observeFailure(_ observer: @escaping @Sendable (StorageError) -> Void)

    /// Ends the work on the partition as planned, after the last commit.
    func finish() async

    /// Finishes pending commits, then closes the files.
    func close()
}

/// Derives some reads from others. A store that several threads read has to ensure that a view is of one moment.
extension PartitionStore {
    /// Returns none.
    public func waiters(of instance: Int64) throws -> [[UInt8]] { [] }

    /// Returns none: no row was set aside.
    public func damagedRows(most: Int) throws -> DamagedRows { DamagedRows() }

    /// Counts the listed instances, page by page.
    public func instanceCounts(_ query: InstanceCountQuery, most: Int) throws -> InstanceCounts {
        var counts = InstanceCounts()
        counts.isCut = try forEachPage(of: query.conditions, most: most) { instances in
            counts.add(
                InstanceCounts(
                    cells: instances.map { record in
                        .init(status: record.status, bucket: query.bucket(of: record.createdAt), count: 1)
                    }))
        }
        // Ends are counted in the parts of the time: without parts there are none.
        guard let endings = query.countedEndings else { return counts }
        var ends = InstanceCounts(ended: [])
        if !endings.isEmpty {
            var conditions = query.conditions
            conditions.statuses = endings
            (conditions.createdFrom, conditions.createdTo) = (nil, nil)
            ends.isCut = try forEachPage(of: conditions, most: most) { instances in
                ends.add(
                    InstanceCounts(
                        ended: instances.compactMap { record in
                            guard let end = record.completedAt, query.covers(end: end) else { return nil }
                            return .init(status: record.status, bucket: query.bucket(of: end), count: 1)
                        }))
            }
        }
        counts.add(ends)
        return counts
    }

    /// Gives the instances that meet some conditions page by page, up to a bound.
    ///
    /// - Returns: whether there are more.
    private func forEachPage(
        of conditions: InstanceQuery, most: Int, _ take: ([InstanceRecord]) -> Void
    ) throws -> Bool {
        var conditions = conditions
        conditions.limit = 1000
        conditions.after = nil
        var seen = 0
        repeat {
            let page = try list(conditions)
            seen += page.instances.count
            take(page.instances)
            conditions.after = page.next
        } while conditions.after != nil && seen < most
        return conditions.after != nil
    }

    /// Takes the payloads off a listed page, and cuts it.
    public func summaries(_ query: InstanceQuery, bytes: Int) throws -> RecordPage {
        let page = try list(query)
        let rows = page.instances.map { record in
            var record = record
            if !query.includeInput { record.input = Payload(bytes: []) }
            if !query.includeOutput { record.output = nil }
            return record
        }
        return RecordPage(rows, of: query, bytes: bytes, isCut: page.next != nil)
    }

    /// Reads the instance, its history and its heartbeats one after the other.
    public func view(of instanceID: String, from episode: Int, bytes: Int) throws -> InstanceView? {
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
        if !record.status.isTerminal {
            view.heartbeats = try heartbeats(of: record.key, generation: record.generation)
        }
        return view
    }
}

extension PartitionStore {
    /// Returns `nil`: there is no journal.
    public var journalPosition: JournalPosition? { nil }
    /// Returns none.
    public func heartbeats(of instance: Int64, generation: Int) throws -> [Int: Payload?] { [:] }
    /// Throws `.misuse`: there is no file.
    public func copy(to path: String) throws -> JournalPosition? {
        throw StorageError(.misuse, "The store has no file that could be copied.", path: path)
    }
    /// Returns 0: there is no file.
    public func fileBytes() -> Int64 { 0 }
    /// Returns 0: there is no file.
    public func logBytes() -> Int64 { 0 }
    /// Does nothing.
    public func begin() async throws {}
    /// Does nothing.
    public func finish() async {}
    /// Never calls the observer.
    public func observeFailure(_ observer: @escaping @Sendable (StorageError) -> Void) {}

    /// Returns `nil`: the store does not count.
    public var commitBeforeOpening: CommitMark? { nil }
    /// Returns `nil`: the store ends with its process.
    public var lastCommit: CommitMark? { nil }
    /// Never calls the mirror.
    public func mirrorCommits(to mirror: @escaping @Sendable (CommitMark) -> Void) {}
}
