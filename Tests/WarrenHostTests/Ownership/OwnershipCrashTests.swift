import Foundation
import TestSupport
import Testing

@testable import Patterns

/// Host processes that are killed, and who may follow them.
@Suite(
    "Crash: whose the hub is after a host was killed", .serialized, .timeLimit(.minutes(5)),
    .enabled(if: TestBroker.isAvailable, TestBroker.remedy))
struct OwnershipCrashTests {
    @Test("a killed host comes back at once, and another data directory does not take its place")
    func killed() async throws {
        let url = try TestBroker.requireURL()
        let activities = activityNames { registerPatterns(with: $0, jobs: "") }
        try await OwnershipBench.run(.broker, activities: activities) { bench in
            for isKilled in [true, true, true, false] {
                let host = try await HostProcess.start(
                    hub: bench.hub, broker: url, data: bench.directory("first"), roles: "orchestrator")
                if isKilled { await host.kill() }
                let other = try await Program.run(
                    Program.product("patterns"),
                    ["--broker", url, "--hub", bench.hub, "--data", bench.directory("second")])
                #expect(other.exitCode != 0)
                let words = "\(other.output)\(other.errors)"
                #expect(words.contains("ownership: ") && words.contains(bench.directory("first")), "\(words)")
                if !isKilled { #expect(try await host.terminate() == 0) }
            }
        }
    }
}
