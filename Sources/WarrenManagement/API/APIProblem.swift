#if HTTP
import Hummingbird
import Logging
import WarrenClient
import WarrenSupport

/// An answer that reports an error: problem details after RFC 9457, with members `code`, `field` and `remedy`.
struct APIProblem: Error {
    var status: HTTPResponse.Status
    var code: ProblemCode
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
        _ status: HTTPResponse.Status, _ code: ProblemCode, _ detail: String, field: String? = nil,
        remedy: String? = nil
    ) {
        self.status = status
        self.code = code
        self.detail = detail
        self.field = field
        self.remedy = remedy
    }

    /// 400 for a parameter, a header or a member.
    static func invalid(_ field: String, _ detail: String, remedy: String) -> APIProblem {
        APIProblem(.badRequest, .invalidArgument, detail, field: field, remedy: remedy)
    }

    /// 404 for an instance.
    static func unknownInstance(_ id: String) -> APIProblem {
        APIProblem(
            .notFound, .unknownInstance, "There is no instance '\(id)'.", field: "instanceId",
            remedy: checkID)
    }

    init(_ denied: AccessDenied) {
        self.init(denied.status, denied.code, denied.detail, field: denied.field, remedy: denied.remedy)
        retryAfter = denied.retryAfter
    }

    /// Translates any error.
    init(_ error: any Error, logger: Logger) {
        switch error {
        case let problem as APIProblem: self = problem
        case let denied as AccessDenied: self.init(denied)
        case let error as ManagementError:
            self.init(
                error.status, error.kind.flatMap(ProblemCode.init(rawValue:)) ?? .invalidArgument,
                error.detail ?? error.message,
                field: error.field, remedy: error.remedy)
        case let error as ClientError: self.init(error)
        default:
            // The error may name things that callers must not learn.
            logger.error("A request failed", metadata: [LogKey.error: "\(error)"])
            self.init(
                .internalServerError, .internalError, "Something went wrong while the request was processed.",
                remedy: "See the log of this server.")
        }
    }

    /// The object.
    ///
    /// - Parameter path: the path of the request, which becomes `instance`.
    func json(_ path: String?) -> JSONObjectWriter {
        var body = JSONObjectWriter()
        body.add("type", "urn:warren:problem:\(code.rawValue)")
        body.add("title", status.reasonPhrase.isEmpty ? "Error" : status.reasonPhrase)
        body.add("status", status.code)
        body.add("detail", detail)
        if let path { body.add("instance", path) }
        body.add("code", code.rawValue)
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
