#if HTTP
import Hummingbird
import NIOCore
import NIOHTTP1
import NIOPosix

/// Asks an HTTP/1.1 server on this machine, over a connection for each request. The path and the header fields go out
/// as they are written, no redirect is followed, and nothing is added but `Host` and `Connection`.
struct SocketClient: Sendable {
    /// The server ended the connection within its answer.
    private struct AnswerCutShort: Error {}

    private let port: Int

    init(port: Int) { self.port = port }

    /// Sends a request and waits for the whole answer, until the task is cancelled.
    ///
    /// - Parameter body: sent as it is; the request's own header fields say how long it is.
    func answer(to request: HTTPRequest, body: ByteBuffer?) async throws -> Answer {
        let connection = try await ClientBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .connect(host: "127.0.0.1", port: port) { channel in
                channel.eventLoop.makeCompletedFuture {
                    var asItIs = HTTPRequestEncoder.Configuration()
                    asItIs.automaticallySetFramingHeaders = false
                    try channel.pipeline.syncOperations.addHTTPClientHandlers(encoderConfiguration: asItIs)
                    return try NIOAsyncChannel<HTTPClientResponsePart, HTTPClientRequestPart>(
                        wrappingChannelSynchronously: channel)
                }
            }
        return try await connection.executeThenClose { inbound, outbound in
            // All at once: a server may answer, and close, when it has the head of a request without a body.
            var parts: [HTTPClientRequestPart] = [.head(head(of: request))]
            if let body { parts.append(.body(.byteBuffer(body))) }
            try await outbound.write(contentsOf: parts + [.end(nil)])
            return try await answer(from: inbound)
        }
    }

    private func head(of request: HTTPRequest) -> HTTPRequestHead {
        var headers = HTTPHeaders(request.headerFields.map { ($0.name.rawName, $0.value) })
        headers.add(name: "Host", value: request.authority ?? "127.0.0.1:\(port)")
        headers.add(name: "Connection", value: "close")
        return HTTPRequestHead(
            version: .http1_1, method: HTTPMethod(rawValue: request.method.rawValue), uri: request.path ?? "/",
            headers: headers)
    }

    private func answer(from parts: NIOAsyncChannelInboundStream<HTTPClientResponsePart>) async throws -> Answer {
        var status = HTTPResponse.Status.internalServerError
        var headers = HTTPFields()
        var body = ByteBuffer()
        for try await part in parts {
            switch part {
            case .head(let head):
                status = .init(code: Int(head.status.code))
                for (name, value) in head.headers {
                    if let name = HTTPFields.Element.Name(name) { headers.append(.init(name: name, value: value)) }
                }
            case .body(var bytes): body.writeBuffer(&bytes)
            case .end: return Answer(status: status, headers: headers, body: body)
            }
        }
        throw AnswerCutShort()
    }
}
#endif
