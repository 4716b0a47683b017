package import Logging
import Warren
package import WarrenMessaging
import WarrenStorage

/// Makes journals anew from files of hosts, because the broker has lost the journals, or the end of them. No host runs.
///
/// 1. Examine: of each partition, find the file that has read furthest, and whether the broker's journal has all of it.
/// 2. Where it lacks something, make another journal, which begins with a snapshot of that file (`PartitionConversion`).
/// 3. Record in the owner queue that the partition belongs to that journal.
/// 4. Put the copy that knows its place in the new journal in the place of the file.
///
/// It can be interrupted anywhere, and is run again then. A partition is not touched when its journal has everything, and
/// refused when a host has worked on its journal since: that work must not be lost.
package struct HubReseed: Sendable {
    let hub: TaskHubName
    let directories: [String]
    let journalBytes: Int
    let transport: any MessageTransport
    let logger: Logger
    let report: @Sendable (String) -> Void
    package var settleTime = Duration.seconds(2)
    /// Called before the last step; an error interrupts there.
    package var beforeAdopting: @Sendable () throws -> Void = {}

    /// The outcome of the examination of one partition.
    private enum Finding {
        /// The broker's journal has all of it, or more.
        case complete
        /// An earlier run has made its journal, and was interrupted before the file was replaced.
        case recorded(directory: String)
        case lacking(directory: String, reason: String)
    }

    /// - Parameters:
    ///   - directories: data directories of the hub's hosts, or copies of them.
    ///   - journalBytes: the size of the journals that are made.
    ///   - report: called with a line about the progress.
    package init(
        hub: TaskHubName, directories: [String], journalBytes: Int = TaskHubTopology.journalBytes,
        transport: any MessageTransport, logger: Logger, report: @escaping @Sendable (String) -> Void
    ) {
        self.hub = hub
        self.directories = directories
        self.journalBytes = journalBytes
        self.transport = transport
        self.logger = logger
        self.report = report
    }

    /// - Parameter isRehearsal: whether only the first step is taken, which changes nothing.
    /// - Returns: the partitions that got another journal, or would get one.
    /// - Throws: ``HostError``: `topology` if there is no such hub or it has no journals, `ownership` if a host runs or a file
    ///   is another hub's, `storage` if a file is missing or cannot be used, `broker`. The message says how to go on.
    package func run(isRehearsal: Bool = false) async throws -> [Int] {
        do {
            return try await reseed(isRehearsal)
        } catch let error as HostError {
            throw error
        } catch let error as MessagingError {
            throw HostError(.broker, "The broker does not do what is needed: \(error). Run this again.", cause: error)
        } catch {
            throw HostError(.storage, "\(error). Nothing is lost; run this again.", cause: error)
        }
    }

    private func reseed(_ isRehearsal: Bool) async throws -> [Int] {
        let count = try await HubSize.partitionCount(of: hub, on: transport)
        let durability =
            count > 0 ? try await HubSize.durability(of: hub, on: transport, partitions: count) : nil
        guard durability == .journal else {
            throw HostError(
                .topology,
                "There is no task hub '\(hub)' with journals on this broker. If the broker has lost it, first create it "
                    + "again, with as many partitions as before: 'warren hub create --hub \(hub) --durability journal "
                    + "--partitions N'.")
        }
        try await checkIdle(count)
        var findings: [(number: Int, finding: Finding)] = []
        for number in 0..<count { findings.append((number, try await examine(number, of: count))) }
        var made: [Int] = []
        for (number, finding) in findings {
            switch finding {
            case .complete: report("partition \(number): the journal has everything that the files have")
            case .lacking(let directory, let reason):
                report("partition \(number): \(reason); the file in '\(directory)' has it")
                made.append(number)
            case .recorded: made.append(number)
            }
        }
        if isRehearsal { return made }
        for (number, finding) in findings {
            switch finding {
            case .complete: break
            case .recorded(let directory): try await adopt(number, directory)
            case .lacking(let directory, _): try await remake(number, of: count, from: directory)
            }
        }
        return made
    }

    private func checkIdle(_ count: Int) async throws {
        for number in 0..<count {
            guard try await transport.load(of: hub.partitionQueue(number, of: count)).consumers == 0 else {
                throw HostError(
                    .ownership, "A host of hub '\(hub)' runs. Stop all hosts of the hub, and run this again.")
            }
        }
    }

    // MARK: Examining

    private func examine(_ number: Int, of count: Int) async throws -> Finding {
        let owner = try await ownerQueue(number, of: count).owner()
        var furthest: (directory: String, position: JournalPosition)?
        var others: [String] = []
        for directory in directories {
            let (found, waiting) = try await ids(number, in: directory)
            if let owner, waiting == owner.storeID, found != owner.storeID { return .recorded(directory: directory) }
            guard let found else { continue }
            if let owner, found != owner.storeID {
                others.append(directory)
                continue
            }
            let position = try await position(number, of: count, in: directory)
            guard let position else { continue }
            if furthest.map({ position.bytes > $0.position.bytes }) ?? true { furthest = (directory, position) }
        }
        guard let furthest else {
            throw HostError(
                others.isEmpty ? .storage : .ownership,
                "None of the directories has a file of partition \(number) of hub '\(hub)' that belongs to its journal"
                    + (others.isEmpty ? "" : " (\(others.joined(separator: ", ")): of another store)")
                    + ". Give the data directories of all of the hub's hosts, each with --from.")
        }
        guard let reason = try await lack(number, of: count, furthest.position) else { return .complete }
        guard try await !goesOn(number, of: count, after: furthest.position) else {
            throw HostError(
                .ownership,
                "The journal of partition \(number) lacks something that the file in '\(furthest.directory)' has, but a host "
                    + "without that file has worked on it since: another journal would lose that work. Nothing was changed. To go "
                    + "on from the journal as it is, keep a copy of this partition's files elsewhere and start the hosts without "
                    + "them: what only they have is gone then.")
        }
        return .lacking(directory: furthest.directory, reason: reason)
    }

    private func ids(_ number: Int, in directory: String) async throws -> (found: String?, waiting: String?) {
        let (hub, scratch) = (hub.text, context(directory).scratch)
        return try await blocking {
            (
                try SQLitePartitionStore.storeID(directory: directory, hub: hub, partition: number),
                try SQLitePartitionStore.storeID(directory: scratch, hub: hub, partition: number)
            )
        }
    }

    private func position(_ number: Int, of count: Int, in directory: String) async throws -> JournalPosition? {
        try await blocking { [self] in
            let store = try open(number, of: count, in: directory)
            defer { store.close() }
            return store.journalPosition
        }
    }

    private func open(_ number: Int, of count: Int, in directory: String) throws -> SQLitePartitionStore {
        try SQLitePartitionStore.open(
            directory: directory, hub: hub.text, partition: number, partitionCount: count, logger: logger,
            journal: .existing)
    }

    /// - Returns: what the broker's journal lacks of a file; `nil` if nothing.
    private func lack(_ number: Int, of count: Int, _ position: JournalPosition) async throws -> String? {
        let journal = PartitionJournal(hub, partition: number, of: count, on: transport)
        let opening = JournalOpening(
            files: MemoryPartitionFiles(
                configuration: HostConfiguration(hub: hub.text, partitionCount: count), partition: number),
            around: JournaledStore.Surroundings(
                journal: journal, hostID: "\(HostName.current)/reseed", clock: SystemHostClock(), random: .system,
                doubtAfter: .seconds(2), journalBytes: journalBytes, logger: logger),
            partition: number, partitionCount: count, recordedStore: { nil }, names: hub)
        do {
            // Without a place, the journal was cut behind the file: it has more than that.
            try await opening.join(at: position)?.subscription.close()
            return nil
        } catch let error as StorageError where error.code == .journal {
            return "the broker's journal does not have all of it"
        }
    }

    /// Whether the journal has steps that a file does not have, although it does not have all of the file either. After the
    /// loss of claims, later ones may have the same numbers as those: then only their time tells.
    private func goesOn(_ number: Int, of count: Int, after position: JournalPosition) async throws -> Bool {
        let journal = PartitionJournal(hub, partition: number, of: count, on: transport)
        let mark = Array("reseed \(UInt64.random(in: 0 ... .max)) \(UInt64.random(in: 0 ... .max))".utf8)
        do {
            try await journal.append(foreign: mark)
        } catch let error as StorageError where error.code == .journal {
            // There is none.
            return false
        }
        var tail = try await journal.tail(from: .first)
        defer { tail.close() }
        while let entries = try await tail.read(within: .seconds(20), on: SystemHostClock()) {
            for entry in entries {
                if case .foreign(mark) = entry.content { return false }
                guard let record = entry.record, record.journalID == position.journalID,
                    record.at > position.at || record.epoch > position.epoch
                        || (record.epoch == position.epoch && record.claim != position.claim)
                else { continue }
                switch record.content {
                case .commits, .part: return true
                case .genesis, .claim, .snapshot, .release: continue
                }
            }
        }
        throw HostError(.broker, "The journal of partition \(number) cannot be read to its end. Run this again.")
    }

    // MARK: Making

    private func remake(_ number: Int, of count: Int, from directory: String) async throws {
        let stream = hub.journalStream(number, of: count)
        try await transport.deleteQueue(stream)
        var topology = TaskHubTopology.hub(hub, partitions: count, durability: .journal, journalBytes: journalBytes)
        topology = Topology(queues: topology.queues.filter { $0.name == stream })
        try await transport.provision(topology)
        // The broker may forget a stream that is younger than a second.
        try await Task.sleep(for: settleTime)
        let store = try await blocking { [self] in try open(number, of: count, in: directory) }
        let earlier = store.journalPosition?.snapshot ?? ""
        let queue = ownerQueue(number, of: count)
        do {
            let owner = try await queue.owner()
            let former =
                owner
                ?? OwnerRecord(
                    storeID: store.identity.storeID, host: HostName.current, process: ProcessNumber.current,
                    dataDirectory: nil, since: SystemHostClock().now)
            let partition = HubExamination.Partition(number: number, count: count, owner: former, store: store)
            let conversion = PartitionConversion(context(directory), partition, of: count)
            let place = try await conversion.save(at: try await conversion.begin())
            let record = OwnerRecord(
                storeID: place.storeID, host: HostName.current, process: ProcessNumber.current,
                dataDirectory: DataDirectory.absolute(directory), since: SystemHostClock().now)
            try await note(record, in: queue, after: owner, number)
        } catch {
            store.close()
            throw error
        }
        store.close()
        try await adopt(number, directory)
        if !earlier.isEmpty { try await transport.deleteQueue(earlier) }
    }

    private func note(
        _ record: OwnerRecord, in queue: OwnerQueue, after owner: OwnerRecord?, _ number: Int
    ) async throws {
        if let owner {
            if try await queue.replace(owner, with: record) { return }
        } else if try await queue.claim(record, replacingVolatile: true, patience: .seconds(60)) == .owned {
            return
        }
        throw HostError(
            .ownership, "Partition \(number) was used meanwhile. Stop all hosts of the hub, and run this again.")
    }

    /// Puts the file that knows its place in the new journal in the place of the other one.
    private func adopt(_ number: Int, _ directory: String) async throws {
        try beforeAdopting()
        let (hub, scratch) = (hub.text, context(directory).scratch)
        try await blocking {
            try SQLitePartitionStore.replace(
                directory: directory, hub: hub, partition: number,
                with: SQLitePartitionStore.path(directory: scratch, hub: hub, partition: number))
        }
        report("partition \(number): has a new journal, with everything that was in '\(directory)'")
    }

    private func context(_ directory: String) -> HubConversion {
        HubConversion(
            hub: hub, directory: directory, journalBytes: journalBytes, transport: transport, logger: logger,
            report: report)
    }

    private func ownerQueue(_ partition: Int, of count: Int) -> OwnerQueue {
        OwnerQueue(hub, partition: partition, of: count, on: transport, logger: logger)
    }

    private func blocking<Result: Sendable>(
        _ body: @escaping @Sendable () throws -> Result
    ) async throws -> Result {
        try await BlockingWork.run("warren-reseed", body)
    }
}
