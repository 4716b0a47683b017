import Foundation
import TestSupport

/// The sample host as a process of its own, over the broker that `WARREN_BROKER_URL` names.
struct SampleHost {
    /// A hub of its own, so that tests do not meet.
    let hub: String
    /// Where it keeps its history.
    let data: URL

    /// Starts a host, runs the body once it is ready, stops it with SIGTERM and expects it to end well.
    static func running(_ body: (SampleHost) async throws -> Void) async throws {
        let hub = "cli-" + UUID().uuidString.prefix(8).lowercased()
        let data = FileManager.default.temporaryDirectory.appending(path: hub)
        defer { try? FileManager.default.removeItem(at: data) }
        let arguments = [
            "--broker", try TestBroker.requireURL(), "--hub", hub, "--data", data.path, "--partitions", "2",
            "--log-level", "error",
        ]
        try await HostProcess.running(Program.product("patterns"), arguments) { _ in
            try await body(SampleHost(hub: hub, data: data))
        }
    }

    /// Runs `warren` against this hub.
    func warren(_ arguments: String...) async throws -> Program {
        let environment = ["WARREN_BROKER_URL": try TestBroker.requireURL(), "WARREN_HUB": hub]
        return try await Program.warren(arguments, environment: environment)
    }
}
