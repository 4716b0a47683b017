#if HTTP
import Foundation
import Hummingbird
import TestSupport
import Testing
import Warren
import WarrenClient
import WarrenManagement
import WarrenTestKit

/// Payloads of the largest size, in and out.
@Suite("Large bodies over HTTP", .timeLimit(.minutes(2)))
struct LargeBodyTests {
    private static let measure = Orchestration<Payload, Int>("Measure")
    private static let take = Orchestration<Payload, Payload>("Take")
    private static let go = ExternalEvent<Payload>("Go")

    private func serving(
        folder isThere: Bool = true, _ body: @escaping @Sendable (RouteClient, TestHub) async throws -> Void
    ) async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "warren-bodies-\(UUID())").path
        defer { try? FileManager.default.removeItem(atPath: folder) }
        var options = ManagementOptions()
        options.maximumBodyBytes = 65 << 20
        try await withTaskHub(TestHubOptions(payloadDirectory: isThere ? folder : nil)) { hub in
            hub.register(Self.measure) { _, payload in payload.bytes.count }
            hub.register(Self.take) { context, _ in try await context.wait(for: Self.go) }
            let client = try await hub.client
            let router = Router()
            ManagementAPI(client: client, options: options).add(to: router)
            ManagementRoutes(client: client, options: options).add(to: router)
            try await RouteClient.serving(router, over: .socket) { try await body($0, hub) }
        }
    }

    /// A JSON string of a size.
    private static func value(of bytes: Int) -> String { "\"" + String(repeating: "x", count: bytes - 2) + "\"" }

    /// Whether a text contains another one: of what fails, nobody wants to see all.
    private static func does(_ text: String, contain part: String) -> Bool {
        Data(text.utf8).range(of: Data(part.utf8)) != nil
    }

    private static let json: HTTPFields = [.contentType: "application/json"]

    @Test("64 MiB go in as the input of a start, and come back as the input in the status")
    func inputs() async throws {
        try await serving { http, hub in
            let value = Self.value(of: 64 << 20)
            let started = try await http.ask(
                .post, "/api/v1/instances", #"{"orchestration":"Measure","id":"new","input":\#(value)}"#, Self.json)
            #expect(started.status == 201, "\(started.body)")
            await hub.rest()
            let status = try await http.ask(.get, "/api/v1/instances/new")
            #expect(status.status == 200)
            let isWhole = Self.does(status.body, contain: #""input":\#(value),"output":67108864,"#)
            #expect(isWhole)
        }
    }

    @Test("The compatible routes and events take as much, and an array is passed on without a node for each element")
    func events() async throws {
        try await serving { http, hub in
            let array = "[" + String(repeating: "1,", count: 1 << 20) + "1]"
            let started = try await http.ask(.post, API.base + "/orchestrators/Take/first", array, Self.json)
            #expect(started.status == 202, "\(started.body)")
            let value = Self.value(of: 9 << 20)
            let taken = try await http.ask(.post, "/api/v1/instances/first/events/Go", value, Self.json)
            #expect(taken.status == 204, "\(taken.body)")
            await hub.rest()
            let status = try await http.ask(.get, API.base + "/instances/first")
            #expect(status.status == 200)
            let isWhole =
                Self.does(status.body, contain: #""input":\#(array),"#)
                && Self.does(status.body, contain: #""output":\#(value),"#)
            #expect(isWhole)
        }
    }

    @Test("Without a payload folder the host's bound holds, and the answer says which one it is")
    func withoutFolder() async throws {
        try await serving(folder: false) { http, _ in
            let refused = try await http.ask(
                .post, "/api/v1/instances", #"{"orchestration":"Measure","input":\#(Self.value(of: 2 << 20))}"#,
                Self.json)
            #expect(refused.status == 413)
            #expect(refused.body.contains("at most 1048576 are taken"), "\(refused.body)")
        }
    }
}
#endif
