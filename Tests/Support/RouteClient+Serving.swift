#if HTTP
package import Hummingbird
import Logging
import NIOEmbedded

extension RouteClient {
    /// Serves a router for as long as the body runs.
    package static func serving<Context: RequestContext, Value>(
        _ router: Router<Context>, over way: Way = .router, _ body: (RouteClient) async throws -> Value
    ) async throws -> Value where Context.Source == ApplicationRequestContextSource {
        switch way {
        case .router: try await body(inside(router.buildResponder()))
        case .socket: try await listening(router.buildResponder(), body)
        }
    }

    private static var quiet: Logger { Logger(label: "test") { _ in SwiftLogNoOpLogHandler() } }

    /// Hands requests to a responder as a server does, their bodies in parts.
    private static func inside<Responder: HTTPResponder>(_ responder: Responder) -> RouteClient
    where Responder.Context: InitializableFromSource<ApplicationRequestContextSource> {
        RouteClient { head, body in
            let request = Request(head: head, body: RequestBody(asyncSequence: parts(of: body ?? ByteBuffer())))
            let context = Responder.Context(source: .init(channel: NIOAsyncTestingChannel(), logger: quiet))
            var response: Response
            do {
                response = try await responder.respond(to: request, context: context)
            } catch {
                response = Response(status: .internalServerError)
            }
            let text = BodyText()
            try await response.body.write(text)
            return Answer(status: response.status, headers: response.headers, body: text.buffer)
        }
    }

    /// A body in parts as large as a server reads at once.
    private static func parts(of body: ByteBuffer) -> AsyncStream<ByteBuffer> {
        AsyncStream { continuation in
            var rest = body
            while rest.readableBytes > 0, let part = rest.readSlice(length: min(rest.readableBytes, 32 * 1024)) {
                continuation.yield(part)
            }
            continuation.finish()
        }
    }

    /// Runs an application on a free port, and ends it after the body.
    private static func listening<Responder: HTTPResponder, Value>(
        _ responder: Responder, _ body: (RouteClient) async throws -> Value
    ) async throws -> Value where Responder.Context: InitializableFromSource<ApplicationRequestContextSource> {
        let (ports, continuation) = AsyncStream<Int>.makeStream()
        let application = Application(
            responder: responder, configuration: .init(address: .hostname("127.0.0.1", port: 0)),
            onServerRunning: { channel in
                if let port = channel.localAddress?.port { continuation.yield(port) }
            }, logger: quiet)
        return try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                defer { continuation.finish() }
                try await application.run()
            }
            guard let port = await ports.first(where: { _ in true }) else {
                // The application ended before it listened: by its error, which is thrown here, or by cancellation.
                try await group.waitForAll()
                throw CancellationError()
            }
            let result: Result<Value, any Error>
            do {
                result = .success(try await body(RouteClient(port: port)))
            } catch {
                result = .failure(error)
            }
            // The end of the application is asked for, so that its error says nothing.
            group.cancelAll()
            while await group.nextResult() != nil {}
            return try result.get()
        }
    }
}
#endif
