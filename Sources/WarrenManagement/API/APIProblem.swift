#if HTTP
import Hummingbird
import Logging
import WarrenClient
import WarrenSupport

/// An answer that reports an error: problem details after RFC 9457, with members `code`, `field` and `remedy`.
struct APIProblem: Error {
    var status: HTTPResponse.Status
    /// A code for programs.
    var code: String
    /// What is wrong with this request.
    var detail: String
    /// The parameter, the header or the member of the body that is wrong.
    var field: String?
    var remedy: String?
    /// The seconds after which to try again.
    var retryAfter: Int?
    /// The methods of the path, for a request with another one.
    var allowed: [HTTPRequest.Method] = []

    init(
        _ status: HTTPResponse.Status, _ code: String, _ detail: String, field: String? = nil, remedy: String? = nil
    ) {
        self.status = status
        self.code = code
        self.detail = detail
        self.field = field
        self.remedy = remedy
    }

    /// 400 for a parameter, a header or a member.
    static func invalid(_ field: String, _ detail: String, remedy: String) -> APIProblem {
        APIProblem(.badRequest, "invalid-argument", detail, field: field, remedy: remedy)
    }

    /// 404 for an instance.
    static func unknownInstance(_ id: String) -> APIProblem {
        APIProblem(
            .notFound, "unknown-instance", "There is no instance '\(id)'.", field: "instanceId",
            remedy: "Check the ID; an instance that was purged is gone.")
    }

    init(_ denied: AccessDenied) {
        self.init(denied.status, denied.code, denied.detail, remedy: denied.remedy)
        retryAfter = denied.retryAfter
    }

    /// Translates any error.
    init(_ error: any Error, logger: Logger) {
        switch error {
        case let problem as APIProblem: self = problem
        case let denied as AccessDenied: self.init(denied)
        case let error as ManagementError:
            self.init(error.status, error.kind ?? "invalid-argument", error.detail ?? error.message)
        case let error as ClientError: self.init(error)
        default:
            // The error may name things that callers must not learn.
            logger.error("A request failed", metadata: [LogKey.error: "\(error)"])
            self.init(
                .internalServerError, "internal", "Something went wrong while the request was processed.",
                remedy: "See the log of this server.")
        }
    }

    private init(_ error: ClientError) {
        let text = error.message
        switch (error.code, error.reason) {
        case (.instanceNotFound, _): self.init(.notFound, "unknown-instance", text, field: "instanceId")
        case (.instanceExists, _):
            self.init(
                .conflict, "instance-exists", text, field: "id",
                remedy: "Choose another ID, or 'ifExists': \"ignore\" or \"restart\".")
        case (.instanceFinished, _): self.init(.conflict, "instance-finished", text)
        case (.instanceNotFinished, _):
            self.init(
                .conflict, "instance-not-finished", text, remedy: "Terminate the instance first, or wait for its end.")
        case (.unknownOrchestration, _): self.init(.badRequest, "unknown-orchestration", text, field: "orchestration")
        case (.invalidArgument, _): self.init(.badRequest, "invalid-argument", text)
        case (.rejected, "too-large"): self.init(.contentTooLarge, "too-large", text)
        case (.rejected, "partition-stopped"): self.init(.serviceUnavailable, "partition-stopped", text)
        case (.rejected, "unknown-verb"):
            self.init(
                .serviceUnavailable, "host-too-old", text, remedy: "Run the version of this server on every host.")
        case (.rejected, "unreadable"): self.init(.badGateway, "unreadable", text)
        case (.rejected, let reason): self.init(.badRequest, reason ?? "rejected", text)
        case (.timedOut, _):
            self.init(
                .gatewayTimeout, "timed-out", text, remedy: "Repeat it; a start with the same ID does not run twice.")
        case (.unconfirmed, _): self.init(.gatewayTimeout, "unconfirmed", text)
        case (.invalidReply, _): self.init(.badGateway, "invalid-reply", text)
        case (.noTaskHub, _): self.init(.serviceUnavailable, "no-task-hub", text)
        default: self.init(.serviceUnavailable, error.code.description, text)
        }
    }

    /// The object.
    ///
    /// - Parameter path: the path of the request, which becomes `instance`.
    func json(_ path: String?) -> JSONObjectWriter {
        var body = JSONObjectWriter()
        body.add("type", "urn:warren:problem:\(code)")
        body.add("title", status.reasonPhrase.isEmpty ? "Error" : status.reasonPhrase)
        body.add("status", status.code)
        body.add("detail", detail)
        if let path { body.add("instance", path) }
        body.add("code", code)
        if let field { body.add("field", field) }
        if let remedy { body.add("remedy", remedy) }
        return body
    }

    func response(_ request: Request) -> Response {
        var headers = HTTPFields()
        headers[.contentType] = "application/problem+json"
        headers[.xContentTypeOptions] = "nosniff"
        headers[.cacheControl] = "no-store"
        if let retryAfter { headers[.retryAfter] = "\(retryAfter)" }
        if status == .unauthorized { headers[.wwwAuthenticate] = "Bearer" }
        if !allowed.isEmpty { headers[.allow] = allowed.map(\.rawValue).sorted().joined(separator: ", ") }
        let bytes = json(request.uri.path).bytes
        return Response(status: status, headers: headers, body: ResponseBody(byteBuffer: ByteBuffer(bytes: bytes)))
    }
}
#endif
