#if HTTP
import Hummingbird

/// A refusal of a caller, before anything else of its request is looked at.
struct AccessDenied: Error {
    let status: HTTPResponse.Status
    let code: ProblemCode
    let detail: String
    /// The header that is wrong.
    var field: String?
    let remedy: String
    /// The seconds after which to try again.
    var retryAfter: Int?

    static var noKey: AccessDenied {
        AccessDenied(
            status: .unauthorized, code: .unauthorized, detail: "The request has no key.",
            field: "Authorization",
            remedy: "Send one as 'Authorization: Bearer wk_…' or 'x-api-key: wk_…'. 'warren keys create' makes one.")
    }

    static var unknownKey: AccessDenied {
        AccessDenied(
            status: .unauthorized, code: .unauthorized, detail: "The key is not known here, or was revoked.",
            field: "Authorization",
            remedy: "'warren keys list' shows the keys that are; 'warren keys create' makes one.")
    }

    static func lacks(_ scope: AccessScope, _ key: AccessKey) -> AccessDenied {
        AccessDenied(
            status: .forbidden, code: .forbidden,
            detail: "The key '\(key.id)' has no right '\(scope.rawValue)'.", field: "Authorization",
            remedy: "Create a key that has it: warren keys create --scope \(scope.rawValue)")
    }

    static var notLocal: AccessDenied {
        AccessDenied(
            status: .forbidden, code: .forbidden,
            detail: "This server has no keys, so it answers requests from its own machine only.",
            remedy: "Create keys with 'warren keys create', and start the server with the key file.")
    }

    static func tooMany(_ limit: Int, retryAfter: Int) -> AccessDenied {
        AccessDenied(
            status: .tooManyRequests, code: .tooManyRequests,
            detail: "There were more than \(limit) requests in a second from this caller.",
            remedy: "Slow down, or raise the limit of requests of the server.", retryAfter: retryAfter)
    }

    static func longAddress(_ limit: Int) -> AccessDenied {
        AccessDenied(
            status: .uriTooLong, code: .uriTooLong, detail: "The address has more than \(limit) bytes.",
            remedy: "Send fewer conditions.")
    }

    static func largeHeaders(_ limit: Int) -> AccessDenied {
        AccessDenied(
            status: .requestHeaderFieldsTooLarge, code: .headersTooLarge,
            detail: "The headers have more than \(limit) bytes.", remedy: "Send fewer headers.")
    }
}
#endif
