import Hummingbird
import HummingbirdTesting
import Logging
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

    func answer(of router: Router<Context>) async throws -> Answer {
        let request = Request(head: head, body: .init(buffer: ByteBuffer()))
        let response = try await router.buildResponder().respond(to: request, context: Context(source: Source()))
        let body = BodyText()
        try await response.body.write(body)
        return Answer(status: response.status, headers: response.headers, body: body.buffer)
    }

    /// The answer of routes that are refused before anybody is asked.
    func answer() async throws -> Answer {
        let transport = InProcessTransport()
        let client = try await TaskHubClient(hub: "test", transport: transport)
        let router = Router(context: Context.self)
        ManagementRoutes(client: client).add(to: router)
        return try await withCleanUp {
            try await answer(of: router)
        } afterwards: {
            await client.close()
            await transport.shutdown()
        }
    }

    struct Source: RequestContextSource {
        let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
    }

    struct Context: RequestContext {
        typealias Source = BareRequest.Source
        var coreContext: CoreRequestContextStorage

        init(source: Source) {
            coreContext = .init(source: source)
        }
    }
}

/// Keeps what a response writes.
final class BodyText: ResponseBodyWriter {
    private(set) var buffer = ByteBuffer()

    func write(_ part: ByteBuffer) async throws {
        var part = part
        buffer.writeBuffer(&part)
    }

    func finish(_ trailers: HTTPFields?) async throws {}
}
