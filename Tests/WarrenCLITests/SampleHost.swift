import Foundation
import Subprocess
import Testing

/// The sample host as a process of its own, over the broker that `WARREN_BROKER_URL` names.
struct SampleHost {
    /// A hub of its own, so that tests do not meet.
    let hub: String
    /// Where it keeps its history.
    let data: URL

    /// Whether tests that need a broker run: without one they are skipped, but not in CI, where that is a failure.
    static var isAvailable: Bool { brokerURL != nil || ProcessInfo.processInfo.environment["CI"] != nil }
    static let skipped: Comment =
        "WARREN_BROKER_URL names no broker; scripts/test starts one, or scripts/broker start and scripts/broker url."

    static var brokerURL: String? { ProcessInfo.processInfo.environment["WARREN_BROKER_URL"] }

    /// Starts a host, runs the body once it is ready, stops it with SIGTERM and expects it to end well.
    static func running(_ body: (SampleHost) async throws -> Void) async throws {
        let broker = try #require(brokerURL, skipped)
        let hub = "cli-" + UUID().uuidString.prefix(8).lowercased()
        let data = FileManager.default.temporaryDirectory.appending(path: hub)
        defer { try? FileManager.default.removeItem(at: data) }
        let executable = WarrenProcess.productsDirectory.appending(path: "patterns").path
        let result = try await Subprocess.run(
            .name("env"),
            arguments: ["-i", executable, "--broker", broker, "--hub", hub, "--data", data.path, "--partitions", "2"],
            input: .none, output: .sequence, error: .discarded
        ) { host in
            var isReady = false
            for try await text in host.standardOutput.strings() where text.contains("ready") {
                isReady = true
                break
            }
            try #require(isReady, "The host ended before it was ready")
            do {
                try await body(SampleHost(hub: hub, data: data))
            } catch {
                try host.send(signal: .kill)
                throw error
            }
            try host.send(signal: .terminate)
        }
        #expect(result.terminationStatus.isSuccess, "SIGTERM ends a host with exit code 0")
    }

    /// Runs `warren` against this hub.
    func warren(_ arguments: String...) async throws -> WarrenProcess {
        let environment = ["WARREN_BROKER_URL": SampleHost.brokerURL ?? "", "WARREN_HUB": hub]
        return try await WarrenProcess.run(arguments, environment: environment)
    }
}
