import Foundation
import Hummingbird
import HummingbirdTesting
import Subprocess
import Testing

/// A sample as a process of its own, over the broker that `WARREN_BROKER_URL` names.
struct SampleProcess: Sendable {
    /// Where it serves HTTP.
    let port: Int

    /// Asks it over a connection of its own.
    func ask(_ method: HTTPRequest.Method, _ path: String) async throws -> Page {
        let client = TestClient(host: "127.0.0.1", port: port, configuration: .init(timeout: .seconds(20)))
        client.connect()
        let result: Result<TestClient.Response, any Error>
        do {
            result = .success(
                try await client.execute(.init(path, method: method, authority: "127.0.0.1:\(port)", headers: [:])))
        } catch {
            result = .failure(error)
        }
        try await client.shutdown()
        let response = try result.get()
        return Page(
            status: response.status.code, headers: response.headers,
            body: response.body.map { String(buffer: $0) } ?? "")
    }

    static var brokerURL: String? { ProcessInfo.processInfo.environment["WARREN_BROKER_URL"] }
    /// Without a broker these tests are skipped, but not in CI, where that is a failure.
    static var isAvailable: Bool { brokerURL != nil || ProcessInfo.processInfo.environment["CI"] != nil }
    static let skipped: Comment = "WARREN_BROKER_URL names no broker: run scripts/test, which starts one."

    /// How a process is ended.
    enum End { case asked, killed }

    /// Starts a sample on a free port, runs the body once it is ready, and ends it.
    static func running(
        _ name: String, hub: String, data: URL, end: End = .asked, _ body: (SampleProcess) async throws -> Void
    ) async throws {
        let broker = try #require(brokerURL, skipped)
        // The executables lie beside the tests.
        let executable = URL(filePath: CommandLine.arguments[0]).deletingLastPathComponent().appending(path: name).path
        let result = try await Subprocess.run(
            .name("env"),
            arguments: [
                "-i", executable, "--broker", broker, "--hub", hub, "--data", data.path, "--partitions", "2",
                "--http-port", "0",
            ],
            input: .none, output: .sequence, error: .discarded
        ) { execution in
            var text = ""
            for try await part in execution.standardOutput.strings() {
                text += part
                if text.contains("\n") || text.contains("http://") { break }
            }
            let port = try #require(
                text.split(separator: ":").last.flatMap { Int($0.filter(\.isNumber)) }, "Not ready: \(text)")
            do {
                try await body(SampleProcess(port: port))
            } catch {
                try execution.send(signal: .kill)
                throw error
            }
            try execution.send(signal: end == .killed ? .kill : .terminate)
        }
        if end == .asked { #expect(result.terminationStatus.isSuccess, "SIGTERM ends a sample with exit code 0") }
    }
}
