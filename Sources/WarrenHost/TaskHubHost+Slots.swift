import Logging
import Warren
import WarrenMessaging
import WarrenStorage
import WarrenSupport

/// Makes the slots of the partitions that this host shares with others.
extension TaskHubHost {
    func assembleSlots(
        _ parts: inout HostParts, _ factory: PartitionFactory, _ owned: OwnedPartitions,
        _ stores: [Int: any PartitionStore]
    ) async throws {
        let (transport, publisher, keys) = (factory.transport, factory.publisher, factory.keys)
        do {
            try await confirmJournals(of: stores, transport)
        } catch {
            for store in stores.values { store.close() }
            throw Self.unusable(error)
        }
        // Every host knows the keys of all partitions, because it reads all journals.
        for (number, store) in stores { keys.add(number, secret: store.identity.secret.bytes) }
        let wire = PartitionWire(names: names, configuration: configuration, keys: keys)
        let deadWork = makeDeadWorkReader(owned, publisher, wire)
        let sharing = HostSharing(
            id: environment.hostID, members: Members(), names: names, partitionCount: configuration.partitionCount,
            followers: configuration.journal.followers, orchestrations: Set(functions.runnableOrchestrationNames),
            transport: transport,
            clock: environment.clock,
            logger: logger)
        parts.sharing = sharing
        var intakes: [Int: PartitionIntake] = [:]
        for number in 0..<configuration.partitionCount {
            let intake = PartitionIntake(
                partition: number, mailbox: nil, tenure: .changing,
                limit: configuration.messages.prefetch / (2 * configuration.partitionCount), isDetoured: true,
                wire: DetourWire(names: names, wire: wire, random: environment.random), publisher: publisher,
                remember: { factory.ledger.record.setDetoured($0, number) }, logger: logger)
            intakes[number] = intake
            guard let store = stores[number] as? JournaledStore else { continue }
            let presence = PartitionPresence(
                partition: number, names: names, owned: owned, router: factory.router, intake: intake,
                deadWork: deadWork)
            let detour = DetourReader(
                partition: number, wire: intake.wire, owned: owned, intake: intake,
                logger: logger.with(LogKey.partition, "\(number)"))
            let follower = PartitionFollower(
                store, random: environment.random, logger: logger.with(LogKey.partition, "\(number)")
            ) { [self] in try await openJournaledStore(number, transport) }
            let slot = PartitionSlot(
                partition: number, names: names, configuration: configuration, factory: factory, presence: presence,
                detour: detour, sharing: sharing, clock: environment.clock, random: environment.random,
                logger: logger.with(LogKey.partition, "\(number)"), follower: follower)
            parts.slots.append(slot)
        }
        let relay = makeRelay(intakes, publisher, transport, wire, factory.payloads?.claims)
        let window = configuration.intakeWindow
        // Of several hosts, one reads the intake: the queues have a single active consumer.
        parts.loops.append(
            RoleLoop(
                subscription: try await transport.consume(
                    names.activityDeadQueue, prefetch: configuration.messages.prefetch)
            ) { try await deadWork.run($0, stop: $1) })
        for queue in [names.queryQueue, names.intakeQueue] {
            parts.loops.append(
                RoleLoop(
                    subscription: try await transport.consume(
                        queue, prefetch: window?.current ?? configuration.messages.prefetch)
                ) {
                    try await relay.run($0, stop: $1, window: window)
                })
        }
    }

    /// Makes sure that the hub's partitions belong to the journals that the broker has, and writes that into their
    /// records, which keep hosts away that know nothing of journals.
    private func confirmJournals(of stores: [Int: any PartitionStore], _ transport: any MessageTransport) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            for (number, store) in stores {
                let record = OwnerRecord(
                    storeID: store.identity.storeID, host: HostName.current, process: ProcessNumber.current,
                    dataDirectory: configuration.storage.directory.map(DataDirectory.absolute),
                    since: environment.clock.now, commits: nil, committedAt: nil)
                let queue = OwnerQueue(
                    names, partition: number, of: configuration.partitionCount, on: transport, logger: logger)
                group.addTask {
                    let claim = try await queue.claim(record, replacingVolatile: false, patience: .seconds(60))
                    guard case .refused(let owner) = claim else { return }
                    throw HostError(
                        .ownership,
                        "Partition \(number) of hub '\(self.names)' belongs to another store than the journal that the "
                            + "broker has: \(owner). The journal was deleted and made anew, or the hub was used without "
                            + "one. \(PartitionJournal.lossRemedy)")
                }
            }
            try await group.waitForAll()
        }
    }
}
