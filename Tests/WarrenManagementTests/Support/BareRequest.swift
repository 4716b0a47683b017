#if HTTP
import Hummingbird
import TestSupport
import Warren
import WarrenClient
import WarrenManagement
import WarrenMessaging

/// A request as it comes from the wire, with a host and an origin that the clients of the tests would not send.
struct BareRequest {
    private let head: HTTPRequest

    init(_ method: HTTPRequest.Method, _ path: String, host: String, origin: String? = nil) {
        var head = HTTPRequest(method: method, scheme: "http", authority: host, path: path)
        if let origin { head.headerFields[.origin] = origin }
        self.head = head
    }

    func answer(of router: Router<BasicRequestContext>) async throws -> Answer {
        try await RouteClient.serving(router) { try await $0.answer(to: head) }
    }

    /// The answer of routes that are refused before anybody is asked.
    func answer() async throws -> Answer {
        let transport = InProcessTransport()
        let client = try await TaskHubClient(hub: "test", transport: transport)
        let router = Router()
        ManagementRoutes(client: client).add(to: router)
        return try await withCleanUp {
            try await answer(of: router)
        } afterwards: {
            await client.close()
            await transport.shutdown()
        }
    }
}
#endif
