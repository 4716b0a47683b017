#if HTTP
package import Hummingbird

/// Asks the routes of an application: of one that ``serving(_:over:_:)`` runs, or of another process.
package struct RouteClient: Sendable {
    /// The ways to the routes.
    package enum Way: Sendable { case router, socket }

    /// The port where the application listens; `nil` inside the process.
    package let port: Int?
    private let send: @Sendable (HTTPRequest, ByteBuffer?) async throws -> Answer

    /// A client of what listens at a port of this machine.
    package init(port: Int) {
        self.port = port
        send = SocketClient(port: port).answer
    }

    /// A client of routes inside the process.
    init(send: @escaping @Sendable (HTTPRequest, ByteBuffer?) async throws -> Answer) {
        port = nil
        self.send = send
    }

    /// Asks as a caller on the same machine does.
    ///
    /// - Parameters:
    ///   - path: the path and the query, percent-encoded; they go out as they are written.
    ///   - body: a text, sent with its length; `nil` for a request that announces no body.
    @discardableResult
    package func ask(
        _ method: HTTPRequest.Method, _ path: String, _ body: String? = nil, _ headers: HTTPFields = [:]
    ) async throws -> Answer {
        try await answer(
            to: HTTPRequest(method: method, scheme: "http", authority: "localhost", path: path, headerFields: headers),
            body: body)
    }

    /// Sends a request whose host and header fields are the test's own.
    package func answer(to request: HTTPRequest, body: String? = nil) async throws -> Answer {
        var request = request
        let body = body.map { ByteBuffer(string: $0) }
        if let body { request.headerFields[.contentLength] = "\(body.readableBytes)" }
        return try await send(request, body)
    }
}
#endif
