import TestSupport
import Warren

@testable import Patterns

/// The sample host `patterns` as a process of its own, over the broker that `WARREN_BROKER_URL` names.
enum SampleHost {
    /// Starts a host, runs the body once it is ready, stops it with SIGTERM and expects it to end well.
    static func running(_ body: (HostFixture) async throws -> Void) async throws {
        try await running([]) { fixture, _ in try await body(fixture) }
    }

    /// The same with more arguments, for tests that ask the process itself.
    static func running(
        _ arguments: [String], _ body: (HostFixture, HostProcess) async throws -> Void
    ) async throws {
        try await HostFixture.run(activities: activityNames { registerPatterns(with: $0, jobs: "") }) { fixture in
            try await HostProcess.running(Program.product("patterns"), fixture.hostArguments + arguments) { host in
                try await body(fixture, host)
            }
        }
    }
}

extension HostFixture {
    /// Runs `warren` against this hub, which only the environment names.
    func warren(_ arguments: String...) async throws -> Program {
        try await Program.warren(arguments, environment: ["WARREN_BROKER_URL": broker, "WARREN_HUB": hub])
    }
}
