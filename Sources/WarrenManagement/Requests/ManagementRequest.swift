#if HTTP
import Hummingbird
import Warren

/// The parts of a request that the routes use: checked, decoded, its body bounded.
struct ManagementRequest: Sendable {
    let request: Request
    private let parameters: Parameters
    private let options: ManagementOptions
    let query: Query
    /// Scheme, host and port of the caller's URL.
    let origin: String

    /// - Throws: `ManagementError` for an invalid query or host.
    init(_ request: Request, _ parameters: Parameters, _ options: ManagementOptions) throws {
        self.request = request
        self.parameters = parameters
        self.options = options
        query = try Query(request.uri.query ?? "")
        origin = try Self.origin(of: request, options)
    }

    /// A part of the path, decoded.
    func segment(_ name: String) throws -> String {
        guard let text = try optionalSegment(name) else { throw ManagementError(.notFound, "There is no such route.") }
        return text
    }

    /// A part of the path that may be absent.
    func optionalSegment(_ name: String) throws -> String? {
        guard let raw = parameters.get(name) else { return nil }
        guard let text = raw.urlDecoded() else {
            throw ManagementError(argument: "The path segment '\(raw.prefix(100))' is not percent-encoded text.")
        }
        return text
    }

    /// A header's value, by its name in lower case.
    func header(_ name: String) -> String? { Self.header(name, of: request) }

    /// The trace of the request: its headers `traceparent`, `tracestate` and `baggage`. Values of another form are ignored.
    var trace: TraceContext? {
        header("traceparent").flatMap {
            TraceContext(traceparent: $0, tracestate: header("tracestate"), baggage: header("baggage"))
        }
    }

    /// This request's own URL.
    var url: String { origin + request.uri.string }

    /// - Throws: `ManagementError` with 413 when it exceeds the limit.
    func body() async throws -> [UInt8] {
        var bytes: [UInt8] = []
        // A body that says its length is not moved while it grows.
        if let length = request.headers[.contentLength].flatMap({ Int($0) }), (0...options.maximumBodyBytes) ~= length {
            bytes.reserveCapacity(length)
        }
        for try await part in request.body {
            guard bytes.count + part.readableBytes <= options.maximumBodyBytes else {
                throw ManagementError(
                    .contentTooLarge,
                    "The body has more than \(options.maximumBodyBytes) bytes. Store large data elsewhere and send a "
                        + "reference.")
            }
            bytes += part.readableBytesView
        }
        return bytes
    }

    /// The body as one JSON value.
    ///
    /// - Throws: `ManagementError` with 400 if it is not JSON.
    func json() async throws -> Payload {
        try Self.payload(await body())
    }

    /// The body as one JSON value, or JSON `null` if there is none.
    func optionalJSON() async throws -> Payload {
        let bytes = try await body()
        return bytes.isEmpty ? .null : try Self.payload(bytes)
    }

    private static func payload(_ bytes: [UInt8]) throws -> Payload {
        do {
            try JSONValidator.check(bytes)
        } catch {
            throw ManagementError(.badRequest, "Invalid JSON content", detail: "\(error)", kind: "invalid-json")
        }
        return Payload(bytes: bytes)
    }

    /// Scheme, host and port of the caller's URL.
    ///
    /// - Throws: `ManagementError` with 400 for an invalid host.
    static func origin(of request: Request, _ options: ManagementOptions) throws -> String {
        var scheme = "http"
        var host = request.head.authority
        if options.useForwardedHost {
            // A chain of proxies appends: the first one is the proxy that the caller reached.
            if let first = header("x-forwarded-proto", of: request)?.split(separator: ",").first {
                scheme = first.lowercased() == "https" ? "https" : "http"
            }
            if let first = header("x-forwarded-host", of: request)?.split(separator: ",").first {
                host = first.filter { $0 != " " }
            }
        }
        guard let host, !host.isEmpty else { return "\(scheme)://localhost" }
        // It is written into URLs that callers follow, so only a host and a port are accepted.
        let isHost = host.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "-"), UInt8(ascii: "_"),
                UInt8(ascii: ":"), UInt8(ascii: "["), UInt8(ascii: "]"):
                true
            default: false
            }
        }
        guard isHost, host.utf8.count <= 255 else { throw ManagementError(argument: "The host is no host name.") }
        return "\(scheme)://\(host)"
    }

    private static func header(_ name: String, of request: Request) -> String? {
        request.headers.first { $0.name.canonicalName == name }?.value
    }
}
#endif
