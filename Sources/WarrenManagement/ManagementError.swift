#if HTTP
import Hummingbird
import Logging
import WarrenClient
import WarrenSupport

/// A request that is answered with an error: its status, and a body of `Message` and, where there are details,
/// `ExceptionMessage` and `ExceptionType`.
struct ManagementError: Error {
    var status: HTTPResponse.Status
    var message: String
    /// The exact fault, when `message` is the same for many causes.
    var detail: String?
    /// A code for programs.
    var kind: String?
    /// The header that is wrong, and what to do about it; `/api/v1` tells them apart.
    var field: String?
    var remedy: String?
    /// The seconds after which to try again.
    var retryAfter: Int?

    init(_ status: HTTPResponse.Status, _ message: String, detail: String? = nil, kind: String? = nil) {
        self.status = status
        self.message = message
        self.detail = detail
        self.kind = kind
    }

    /// 400, worded like every invalid argument.
    init(argument detail: String, kind: String = "ArgumentException") {
        self.init(.badRequest, "One or more of the arguments submitted is incorrect", detail: detail, kind: kind)
    }

    /// 404.
    static func unknownInstance(_ id: String) -> ManagementError {
        ManagementError(.notFound, "There is no instance '\(id)'.", kind: "unknown-instance")
    }

    /// Translates any error to a response for the sender of the request.
    init(_ error: any Error, logger: Logger) {
        switch error {
        case let error as ManagementError: self = error
        case let denied as AccessDenied:
            self.init(denied.status, "\(denied.detail) \(denied.remedy)", kind: denied.code.rawValue)
            retryAfter = denied.retryAfter
        case let error as ClientError: self.init(error)
        default:
            // The error may name things that callers must not learn.
            logger.error("A request failed", metadata: [LogKey.error: "\(error)"])
            self.init(.internalServerError, "Something went wrong while processing your request")
        }
    }

    private init(_ error: ClientError) {
        let kind = error.reason ?? error.code.description
        switch error.code {
        case .instanceNotFound: self.init(.notFound, error.message, kind: kind)
        case .instanceExists: self.init(.conflict, error.message, kind: kind)
        case .instanceFinished: self.init(.gone, error.message, kind: kind)
        case .instanceNotFailed: self.init(.preconditionFailed, error.message, kind: kind)
        case .instanceNotBegun, .instanceHoldsEntities: self.init(.conflict, error.message, kind: kind)
        case .instanceNotFinished: self.init(.preconditionFailed, error.message, kind: kind)
        case .invalidArgument, .unknownOrchestration, .rejected: self.init(argument: error.message, kind: kind)
        case .timedOut, .unconfirmed: self.init(.gatewayTimeout, error.message, kind: kind)
        case .invalidReply: self.init(.badGateway, error.message, kind: kind)
        default:
            self.init(.serviceUnavailable, error.message, kind: kind)
            if error.code == .unreachable { retryAfter = 5 }
        }
    }

    var response: Response {
        var body = JSONObjectWriter()
        body.add("Message", message)
        if let detail { body.add("ExceptionMessage", detail) }
        if let kind { body.add("ExceptionType", kind) }
        var headers = HTTPFields()
        if let retryAfter { headers[.retryAfter] = "\(retryAfter)" }
        if status == .unauthorized { headers[.wwwAuthenticate] = "Bearer" }
        return Response(status: status, headers: headers, json: body.bytes)
    }
}
#endif
