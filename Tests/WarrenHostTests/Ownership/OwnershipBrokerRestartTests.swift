import AMQP
import AMQPMessages
import Foundation
import Logging
import TestSupport
import Testing
import Warren
import WarrenClient
import WarrenHost
import WarrenMessaging

/// A host that loses its connection asks again whose the hub is, before anything is delivered to it.
@Suite(
    "BrokerRestart: whose the hub is afterwards", .serialized, .timeLimit(.minutes(5)),
    .enabled(if: TestBroker.isControllable, TestBroker.controlRemedy))
struct OwnershipBrokerRestartTests {
    @Test("a host goes on after its broker was killed, and others are still refused")
    func restart() async throws {
        try await OwnershipBench.run(.broker) { bench in
            let host = try bench.host("first")
            try #require(try await host.isReady)
            try await bench.greet("Ada")
            try await TestBroker.control("settle")
            try await TestBroker.interrupted { try await TestBroker.control("kill") }
            try await bench.greet("Grace")
            let second = try bench.host("second")
            #expect(try await second.isReady == false)
            #expect(try await second.failure?.code == .ownership)
            #expect(try await bench.knows("Ada"))
            try await host.stop()
        }
    }

    @Test("a host whose hub was given to another one meanwhile ends, and says to whom")
    func givenAway() async throws {
        try await OwnershipBench.run(.broker) { bench in
            let host = try bench.host("first")
            try #require(try await host.isReady)
            // What an operator must not do while the host runs.
            let connection = try await AMQPConnection.open(
                AMQPConfiguration(url: try #require(bench.url)), logger: OwnershipBench.logger)
            let records = try await connection.openChannel().consume(bench.names.ownerQueue(0, of: 2))
            var batches = records.batches.makeAsyncIterator()
            records.acknowledge(try #require(try await batches.next()).map(\.tag))
            await connection.close()
            let queue = OwnerQueue(
                bench.names, partition: 0, of: 2, on: bench.transport, logger: OwnershipBench.logger)
            let other = OwnerRecord(
                storeID: "other", host: "elsewhere", process: 1, dataDirectory: "/other",
                since: Timestamp(microseconds: 0))
            #expect(try await queue.claim(other, replacingVolatile: false, patience: .seconds(240)) == .owned)
            try await TestBroker.control("ctl", "close_all_connections", "test")
            let error = try #require(try await host.failure)
            #expect(error.code == .ownership)
            #expect(error.message.contains("'elsewhere', data directory '/other'"), "\(error)")
        }
    }
}
