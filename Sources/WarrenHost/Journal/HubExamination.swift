import Warren
import WarrenMessaging
import WarrenStorage

/// The state of a hub that is to get journals: nobody uses it, and its files are there.
struct HubExamination: Sendable {
    /// A partition that has no journal so far.
    struct Partition: Sendable {
        let number: Int
        let count: Int
        let owner: OwnerRecord
        /// Its file, which is open: no host can open it meanwhile.
        let store: SQLitePartitionStore
    }

    let partitionCount: Int
    var local: [Partition] = []
    /// Partitions that belong to their journals since an interrupted conversion, which had not replaced their files yet.
    var recorded: [Int] = []

    /// - Throws: ``HostError`` if the hub cannot be converted. Nothing was changed then, and no file is open.
    static func of(_ conversion: HubConversion) async throws -> HubExamination {
        let hub = conversion.hub
        let count: Int
        do {
            count = try await HubSize.partitionCount(of: hub, on: conversion.transport)
        } catch {
            throw HostError(.broker, "The hub '\(hub)' cannot be examined: \(error)", cause: error)
        }
        guard count > 0 else {
            throw HostError(
                .topology,
                "There is no task hub '\(hub)' on this broker. 'warren hub create --hub \(hub) --durability journal' "
                    + "creates one with journals.")
        }
        var examination = HubExamination(partitionCount: count)
        do {
            try await examination.examine(conversion)
        } catch {
            for partition in examination.local { partition.store.close() }
            if let error = error as? HostError { throw error }
            if error is MessagingError {
                throw HostError(.broker, "The hub '\(hub)' cannot be examined: \(error)", cause: error)
            }
            throw HostError(.storage, "The data directory cannot be used: \(error)", cause: error)
        }
        return examination
    }

    private mutating func examine(_ conversion: HubConversion) async throws {
        let owners = try await owners(conversion)
        let journals = owners.map { owner in owner.map { PartitionIdentity.isJournalled($0.storeID) } ?? false }
        if owners.allSatisfy({ $0 == nil }), try await hasJournals(conversion) { throw Self.journalled(conversion) }
        var missing: [Int] = []
        for (number, owner) in owners.enumerated() {
            guard let owner else { throw Self.nobodys(number, conversion) }
            if journals[number] {
                try await examineRecorded(number, owner, conversion)
                continue
            }
            guard !owner.isVolatile else {
                throw HostError(
                    .ownership,
                    "Partition \(number) of hub '\(conversion.hub)' was in memory (\(owner)): there is no file from which "
                        + "a journal could be made.")
            }
            let storeID = try await blocking { [conversion] in
                try SQLitePartitionStore.storeID(
                    directory: conversion.directory, hub: conversion.hub.text, partition: number)
            }
            guard let storeID else {
                missing.append(number)
                continue
            }
            guard storeID == owner.storeID else { throw Self.others(number, owner, conversion) }
        }
        guard missing.isEmpty else { throw Self.missing(missing, owners, conversion) }
        guard journals.contains(false) || !recorded.isEmpty else { throw Self.journalled(conversion) }
        for (number, owner) in owners.enumerated() where !journals[number] {
            guard let owner else { continue }
            let (count, hub, directory) = (partitionCount, conversion.hub.text, conversion.directory)
            let logger = conversion.logger
            let store = try await blocking {
                try SQLitePartitionStore.open(
                    directory: directory, hub: hub, partition: number, partitionCount: count, logger: logger)
            }
            local.append(Partition(number: number, count: partitionCount, owner: owner, store: store))
        }
        try checkAge(conversion)
    }

    private func hasJournals(_ conversion: HubConversion) async throws -> Bool {
        try await HubSize.durability(
            of: conversion.hub, on: conversion.transport, partitions: partitionCount) == .journal
    }

    private func owners(_ conversion: HubConversion) async throws -> [OwnerRecord?] {
        var owners: [OwnerRecord?] = []
        for number in 0..<partitionCount {
            let queue = conversion.ownerQueue(number, of: partitionCount)
            do {
                owners.append(try await queue.ownerOfIdlePartition())
            } catch let error as MessagingError where error.code == .inUse {
                throw HostError(
                    .ownership,
                    "A host has partition \(number) of hub '\(conversion.hub)' open. Stop all hosts of the hub, and run this "
                        + "again.", cause: error)
            }
        }
        return owners
    }

    /// A partition that belongs to a journal already: its file has to be of that journal, or is about to be replaced.
    private mutating func examineRecorded(
        _ number: Int, _ owner: OwnerRecord, _ conversion: HubConversion
    ) async throws {
        let (found, waiting) = try await blocking { [conversion] in
            let hub = conversion.hub.text
            return (
                try SQLitePartitionStore.storeID(directory: conversion.directory, hub: hub, partition: number),
                try SQLitePartitionStore.storeID(directory: conversion.scratch, hub: hub, partition: number)
            )
        }
        if waiting == owner.storeID, found != owner.storeID {
            recorded.append(number)
        } else if let found, found != owner.storeID {
            throw HostError(
                .ownership,
                "Partition \(number) of hub '\(conversion.hub)' belongs to its journal already, and the file in "
                    + "'\(conversion.directory)' is none of that journal. Move it away: a host fills a new one.")
        }
    }

    /// Refuses files that are older than what was acknowledged.
    private func checkAge(_ conversion: HubConversion) throws {
        let record = try FlightRecord.open(directory: conversion.directory, hub: conversion.hub.text)
        var gaps: [CommitGap] = []
        for partition in local {
            if let gap = CommitLedger(record: record, partition: partition.number).gap(of: partition.store) {
                gaps.append(gap)
            }
            guard let found = partition.store.commitBeforeOpening, let noted = partition.owner.commits,
                noted > found.number
            else { continue }
            gaps.append(
                CommitGap(
                    partition: partition.number, found: found,
                    noted: CommitMark(number: noted, time: partition.owner.committedAt ?? partition.owner.since),
                    place: "by the hub's record in the broker"))
        }
        if !gaps.isEmpty { throw CommitGap.refusal(gaps) }
    }

    private func blocking<Result: Sendable>(
        _ body: @escaping @Sendable () throws -> Result
    ) async throws -> Result {
        try await BlockingWork.run("warren-examine", body)
    }

    // MARK: Refusals

    private static func journalled(_ conversion: HubConversion) -> HostError {
        HostError(
            .topology,
            "The hub '\(conversion.hub)' has journals already, so there is nothing to convert. Configure its hosts for "
                + "durability 'journal' (--durability journal of the samples).")
    }

    private static func nobodys(_ number: Int, _ conversion: HubConversion) -> HostError {
        HostError(
            .ownership,
            "Partition \(number) of hub '\(conversion.hub)' belongs to no data directory so far. If no host of the hub has "
                + "ever run, delete the hub's queues and create it with --durability journal. If it was released, start "
                + "its host once with durability 'local' and its data directory, stop it, and run this again.")
    }

    private static func others(_ number: Int, _ owner: OwnerRecord, _ conversion: HubConversion) -> HostError {
        HostError(
            .ownership,
            "Partition \(number) of hub '\(conversion.hub)' belongs to another store than that in "
                + "'\(DataDirectory.absolute(conversion.directory))': \(owner). Give that data directory.")
    }

    private static func missing(
        _ numbers: [Int], _ owners: [OwnerRecord?], _ conversion: HubConversion
    ) -> HostError {
        let names = numbers.map(String.init).joined(separator: ", ")
        let owner = numbers.first.flatMap { owners.indices.contains($0) ? owners[$0] : nil }
        return HostError(
            .storage,
            "The data directory '\(DataDirectory.absolute(conversion.directory))' has no file of "
                + (numbers.count == 1 ? "partition" : "partitions") + " \(names) of hub '\(conversion.hub)'. "
                + (owner.map { "The hub belongs to \($0). " } ?? "")
                + "Give that data directory, with the files of all partitions ('\(conversion.hub).partition.*').")
    }
}
