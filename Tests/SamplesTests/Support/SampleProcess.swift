import Foundation
import Hummingbird
import HummingbirdTesting
import TestSupport
import Testing

/// A sample as a process of its own, over the broker that `WARREN_BROKER_URL` names.
struct SampleProcess: Sendable {
    /// Where it serves HTTP.
    let port: Int

    /// Asks it over a connection of its own.
    func ask(_ method: HTTPRequest.Method, _ path: String) async throws -> Answer {
        let client = TestClient(host: "127.0.0.1", port: port, configuration: .init(timeout: .seconds(240)))
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
        return Answer(status: response.status, headers: response.headers, body: response.body)
    }

    /// Starts a sample on a free port, runs the body once it is ready, and ends it.
    static func running(
        _ name: String, in fixture: HostFixture, end: HostProcess.End = .asked,
        _ body: (SampleProcess) async throws -> Void
    ) async throws {
        let arguments = fixture.hostArguments + ["--http-port", "0"]
        try await HostProcess.running(Program.product(name), arguments, end: end) { host in
            try await body(SampleProcess(port: #require(URL(string: host.address)?.port)))
        }
    }
}
