import TestSupport
import Testing
import WarrenTestKit

@testable import WarrenMessaging

extension TransportBench {
    /// Provisions a hub of two partitions with the activity `Work`; shuts the transport down and removes the hub afterwards.
    static func with(_ kind: TransportUnderTest, _ body: (TransportBench) async throws -> Void) async throws {
        let hub = try TaskHubName("t" + WireID.random().filter { $0 != "-" })
        let bench = TransportBench(transport: try await kind.make(), hub: hub)
        try await withCleanUp {
            try await bench.transport.provision(bench.topology)
            try await body(bench)
            #expect(bench.findings.all.isEmpty)
        } afterwards: {
            await bench.transport.shutdown()
            if bench.transport is AMQPTransport {
                try await TestBroker.remove(
                    hub, partitions: 2, activities: ["Work"], and: Topology(exchanges: [bench.deaf]))
            }
        }
    }
}
