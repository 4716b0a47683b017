#if HTTP
import Foundation
import Hummingbird
import TestSupport
import Testing

/// A sample as a process of its own, over the broker that `WARREN_BROKER_URL` names.
struct SampleProcess: Sendable {
    /// Where it serves HTTP.
    let port: Int

    /// Asks it over a connection of its own.
    func ask(_ method: HTTPRequest.Method, _ path: String) async throws -> Answer {
        try await RouteClient(port: port).answer(
            to: HTTPRequest(method: method, scheme: "http", authority: "127.0.0.1:\(port)", path: path))
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
#endif
