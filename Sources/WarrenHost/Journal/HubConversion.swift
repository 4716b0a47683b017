package import Logging
import Warren
package import WarrenMessaging
import WarrenStorage

/// Gives a hub of durability `local` journals, while none of its hosts runs. There is no way back.
///
/// 1. Examine: the data directory has the hub's newest file of each partition, and nobody has one of them open. The files
///    stay open, so that no host starts on them meanwhile.
/// 2. Make a journal of each partition (`PartitionConversion`): it begins with the secret of the file, so that work under
///    way stays valid, and has a snapshot of the file.
/// 3. Record in the owner queue that the partition belongs to its journal. This is the moment at which a partition is
///    converted.
/// 4. Put the copy that knows its place in the journal in the place of the file.
///
/// It can be interrupted anywhere, and is run again then: journals of partitions that are not converted are made anew,
/// because their files may have changed since. The journal by which hosts recognise a hub with journals, that of
/// partition 0, is made last: until then a host of durability `local` can use the hub.
package struct HubConversion: Sendable {
    /// A point at which the conversion may be interrupted.
    package enum Step: Sendable, Hashable {
        case examined
        case declared(partition: Int)
        case begun(partition: Int)
        case saved(partition: Int)
        case recorded(partition: Int)
        case adopted(partition: Int)
    }

    let hub: TaskHubName
    let directory: String
    let journalBytes: Int
    let transport: any MessageTransport
    let logger: Logger
    let report: @Sendable (String) -> Void
    /// The pause after the declaration of streams: the broker may forget one that is younger than a second.
    package var settleTime = Duration.seconds(2)
    /// Called after each step; an error interrupts the conversion there.
    package var reached: @Sendable (Step) throws -> Void = { _ in }

    /// - Parameters:
    ///   - directory: the data directory of the hub's host.
    ///   - journalBytes: the size of each partition's journal, for which the hosts have to be configured as well.
    ///   - report: called with a line about the progress.
    package init(
        hub: TaskHubName, directory: String, journalBytes: Int = TaskHubTopology.journalBytes,
        transport: any MessageTransport, logger: Logger, report: @escaping @Sendable (String) -> Void
    ) {
        self.hub = hub
        self.directory = directory
        self.journalBytes = journalBytes
        self.transport = transport
        self.logger = logger
        self.report = report
    }

    /// - Parameter isRehearsal: whether only the first step is taken, which changes nothing.
    /// - Throws: ``HostError``: `topology` if there is no such hub or it has journals, `ownership` if a host runs or the
    ///   directory is not the hub's, `storage` if a file cannot be used, `broker`. The message says how to go on.
    package func run(isRehearsal: Bool = false) async throws {
        let examination = try await HubExamination.of(self)
        defer { for partition in examination.local { partition.store.close() } }
        report("the data directory is that of hub '\(hub)', and no host runs")
        if isRehearsal { return }
        do {
            try reached(.examined)
            try await convert(examination)
        } catch {
            throw HostError(
                (error as? HostError)?.code ?? .storage,
                "The conversion was interrupted: \((error as? HostError)?.message ?? "\(error)") Nothing is lost. Run "
                    + "'warren hub journal' again: it goes on, and hosts can start when it is through.", cause: error)
        }
    }

    private func convert(_ examination: HubExamination) async throws {
        let count = examination.partitionCount
        // Descending: partition 0 is last.
        let partitions = examination.local.sorted { $0.number > $1.number }
        try await removeInterrupted(partitions)
        try await declare(partitions.map(\.number).filter { $0 > 0 }, of: count)
        var places: [Int: PartitionConversion.Place] = [:]
        for partition in partitions {
            if partition.number == 0 { try await declare([0], of: count) }
            try reached(.declared(partition: partition.number))
            let conversion = PartitionConversion(self, partition, of: count)
            let position = try await conversion.begin()
            try reached(.begun(partition: partition.number))
            let place = try await conversion.save(at: position)
            places[partition.number] = place
            report("partition \(partition.number): a snapshot of \(place.bytes) bytes is in the broker")
            try reached(.saved(partition: partition.number))
        }
        // Everything else that a hub with journals has.
        try await transport.provision(
            TaskHubTopology.hub(hub, partitions: count, durability: .journal, journalBytes: journalBytes))
        for partition in partitions {
            guard let place = places[partition.number] else { continue }
            try await record(partition, place, of: count)
            try reached(.recorded(partition: partition.number))
            partition.store.close()
            try await adopt(partition.number)
        }
        for number in examination.recorded { try await adopt(number) }
        await removeScratch(count)
    }

    /// Removes what an interrupted conversion has left of partitions that were not converted.
    private func removeInterrupted(_ partitions: [HubExamination.Partition]) async throws {
        for partition in partitions.reversed() {
            let count = partition.count
            try await transport.deleteQueue(hub.journalStream(partition.number, of: count))
            try await transport.deleteQueue(PartitionConversion.snapshotStream(hub, partition.number, of: count))
        }
    }

    private func declare(_ partitions: [Int], of count: Int) async throws {
        guard !partitions.isEmpty else { return }
        let streams = Set(partitions.map { hub.journalStream($0, of: count) })
        var topology = TaskHubTopology.hub(
            hub, partitions: count, durability: .journal, journalBytes: journalBytes)
        topology = Topology(queues: topology.queues.filter { streams.contains($0.name) })
        try await transport.provision(topology)
        try await Task.sleep(for: settleTime)
    }

    private func record(
        _ partition: HubExamination.Partition, _ place: PartitionConversion.Place, of count: Int
    ) async throws {
        let record = OwnerRecord(
            storeID: place.storeID, host: HostName.current, process: ProcessNumber.current,
            dataDirectory: DataDirectory.absolute(directory), since: SystemHostClock().now)
        let queue = ownerQueue(partition.number, of: count)
        guard try await queue.replace(partition.owner, with: record) else {
            let owner = try await queue.owner()
            throw HostError(
                .ownership,
                "Partition \(partition.number) was used meanwhile"
                    + (owner.map { " by \($0)" } ?? "") + ": stop that host.")
        }
    }

    /// Puts the file that knows its place in the journal in the place of the other one.
    private func adopt(_ number: Int) async throws {
        let (hub, directory, scratch) = (hub.text, directory, scratch)
        try await BlockingWork.run("warren-adopt-\(number)") {
            try SQLitePartitionStore.replace(
                directory: directory, hub: hub, partition: number,
                with: SQLitePartitionStore.path(directory: scratch, hub: hub, partition: number))
        }
        report("partition \(number): belongs to its journal")
        try reached(.adopted(partition: number))
    }

    /// The directory of the files that are about to take the place of others.
    var scratch: String { "\(directory)/\(hub).journal" }

    private func removeScratch(_ count: Int) async {
        let (hub, scratch) = (hub.text, scratch)
        do {
            try await BlockingWork.run("warren-remove") {
                try SQLitePartitionStore.removeDirectory(scratch, hub: hub, partitionCount: count)
            }
        } catch {
            report("the directory '\(scratch)' is not needed any more, and cannot be removed: \(error)")
        }
    }

    func ownerQueue(_ partition: Int, of count: Int) -> OwnerQueue {
        OwnerQueue(hub, partition: partition, of: count, on: transport, logger: logger)
    }
}
