import Logging
import Testing
import Warren
import WarrenClient
import WarrenSupport

@testable import WarrenHost

/// What a host's log says of instances that fail.
@Suite("Failures in the log", .timeLimit(.minutes(5)))
struct FailureLogTests {
    private struct NoLuck: Error, CustomStringConvertible { let description = "no luck today" }

    @Test("A failed instance leaves a line with its ID, its name, what failed, and since when it ran")
    func failed() async throws {
        try await Cluster.run { cluster in
            let host = try await cluster.start { host in
                host.register(Orchestration<Void, Void>("Failing")) { _ in throw NoLuck() }
                host.register(Orchestration<Void, Void>("Fine")) { _ in }
            }
            _ = try await cluster.client.start(named: "Failing", id: "f-1")
            _ = try await cluster.client.start(named: "Fine", id: "f-2")
            try await cluster.rest(host)
            let lines = try await host.log.wait(for: "An instance failed")
            let line = try #require(lines.first)
            #expect(line.level == .warning, "the default level shows it")
            #expect(line.metadata["instance"] == "f-1")
            #expect(line.metadata["orchestration"] == "Failing")
            #expect(line.metadata["message"]?.description.contains("no luck today") == true)
            #expect(line.metadata["since"] == "\(ISO8601.text(Cluster.beginning))")
            #expect(host.log.count(of: "An instance failed") == 1)
            try await host.stop()
        }
    }
}
