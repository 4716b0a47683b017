import Foundation
import Synchronization
import TestSupport
import Testing
import Warren
import WarrenMessaging
import WarrenStorage

@testable import WarrenHost

/// How a host opens its files.
@Suite("Opening stores", .timeLimit(.minutes(5)))
struct StoreOpeningTests {
    @Test("All of a host's files are opened at the same time, none of them on the threads that everything else uses")
    func parallel() async throws {
        let partitions = 16
        let arrived = Watched(0)
        // Each holds its thread until all of them are there: one after the other, or on the few threads of the pool, they
        // would wait for each other until the host is given up.
        let all = DispatchSemaphore(value: 0)
        let isLate = Atomic(false)
        let transport = InProcessTransport()
        let environment = HostEnvironment(
            transport: { _, _ in transport }, ownsTransport: false,
            store: { partition, configuration, _ in
                arrived.change { $0 += 1 }
                if all.wait(timeout: .now() + 60) == .timedOut { isLate.store(true, ordering: .relaxed) }
                return try InMemoryPartitionStore(
                    hub: configuration.hub, partition: partition, partitionCount: configuration.partitionCount)
            }, runner: { LocalOrchestratorRunner(functions: $0, logger: $1) })
        let host = try TaskHubHost(
            HostConfiguration(hub: "opening", partitionCount: partitions), environment: environment,
            logger: LogLines().logger)
        let running = Task { try await host.run() }
        // Awaited on the pool, which has room for it all the while.
        try await arrived.wait(for: "every file to be opened") { $0 == partitions ? () : nil }
        for _ in 0..<partitions { all.signal() }
        #expect(try await host.becomesReady())
        let wasLate = isLate.load(ordering: .relaxed)
        #expect(!wasLate)
        running.cancel()
        try await running.ended()
        await transport.shutdown()
    }
}
