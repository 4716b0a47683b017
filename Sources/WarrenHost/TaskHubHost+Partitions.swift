import Logging
import Warren
import WarrenMessaging
import WarrenStorage

/// Makes the partitions of a hub that belongs to this host for as long as it runs.
extension TaskHubHost {
    func makePartitions(
        _ factory: PartitionFactory, _ stores: [Int: any PartitionStore]
    ) throws -> [HostParts.Partition] {
        do {
            try checkAge(of: stores, factory.ledger.record)
            try checkOpenInstances(of: stores, factory)
        } catch {
            for store in stores.values { store.close() }
            throw Self.unusable(error)
        }
        var partitions: [HostParts.Partition] = []
        for (number, store) in stores.sorted(by: { $0.key < $1.key }) {
            let open = { @Sendable [self] in try await openStore(number, factory.transport) }
            let (runner, wire) = try factory.makeRunner(number, of: store.identity, open: open)
            factory.router.own(key: names.partitionKey(number), runner.mailbox)
            partitions.append(HostParts.Partition(runner: runner, store: store, wire: wire))
        }
        return partitions
    }

    func checkOpenInstances(of stores: [Int: any PartitionStore], _ factory: PartitionFactory) throws {
        try OpenInstances.check(
            stores.sorted { $0.key < $1.key }.map(\.value), areRunBy: factory.orchestrators,
            except: configuration.orchestrations.retired)
    }

    static func unusable(_ error: any Error) -> HostError {
        error as? HostError ?? HostError(.storage, "The data directory cannot be used: \(error)", cause: error)
    }

    func makeFactory(
        _ transport: any MessageTransport, _ publisher: ReliablePublisher, _ keys: PartitionKeys,
        _ metrics: HostMetrics, _ stores: [Int: any PartitionStore]
    ) throws -> PartitionFactory {
        let ledger: CrashLedger
        do {
            ledger = CrashLedger(
                try environment.flightRecord(configuration), limit: configuration.messages.maximumHostDeaths,
                now: environment.clock.now, logger: logger)
        } catch {
            for store in stores.values { store.close() }
            throw Self.unusable(error)
        }
        return PartitionFactory(
            configuration: configuration, environment: environment, names: names, functions: functions,
            orchestrators: environment.runner(functions, logger), transport: transport, publisher: publisher,
            keys: keys, ledger: ledger, metrics: metrics, logger: logger)
    }
}
