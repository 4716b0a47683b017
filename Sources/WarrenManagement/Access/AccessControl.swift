#if HTTP
import Hummingbird
import Logging

/// Decides who may request what: limits of a request's size, the key, its rights, the rate.
struct AccessControl: Sendable {
    private let options: ManagementOptions
    private let limit: RequestLimit?
    let audit: AuditLog

    init(_ options: ManagementOptions, logger: Logger) {
        var options = options
        // Pages that may read and send keys may send commands as well.
        options.allowedOrigins.formUnion(options.crossOrigins)
        self.options = options
        limit = options.requestsPerSecond.map { RequestLimit(perSecond: $0) }
        audit = AuditLog(logger: options.auditLogger ?? logger)
    }

    /// Whether requests need a key.
    var needsKeys: Bool { options.keys != nil }

    /// Identifies the sender of a request.
    ///
    /// - Parameters:
    ///   - address: the address from which the request came, if the server says.
    ///   - code: a key from the query, where the routes take one there.
    ///   - isCounted: whether the request counts against the limit of the caller's requests. If not, call ``count(_:)``.
    /// - Throws: ``AccessDenied``.
    func caller(
        of request: Request, address: String?, code: String? = nil, isCounted: Bool = true
    ) throws -> Caller {
        guard request.uri.description.utf8.count <= options.maximumURIBytes else {
            throw AccessDenied.longAddress(options.maximumURIBytes)
        }
        let size = request.headers.reduce(0) { $0 + $1.name.rawName.utf8.count + $1.value.utf8.count + 4 }
        guard size <= options.maximumHeaderBytes else { throw AccessDenied.largeHeaders(options.maximumHeaderBytes) }
        var caller = Caller(address: address)
        if let keys = options.keys {
            guard let text = Self.keyText(of: request) ?? code else { throw AccessDenied.noKey }
            guard let key = AccessKeyText(text).flatMap(keys.key) else { throw AccessDenied.unknownKey }
            caller.key = key
        } else if let address, !LoopbackAddress.contains(address) {
            throw AccessDenied.notLocal
        }
        if isCounted { try count(caller) }
        return caller
    }

    /// Counts a request of a caller.
    ///
    /// - Throws: ``AccessDenied`` if there are too many.
    func count(_ caller: Caller) throws {
        if let limit, let seconds = limit.take(for: caller.identity) {
            throw AccessDenied.tooMany(limit.perSecond, retryAfter: seconds)
        }
    }

    /// - Throws: ``AccessDenied`` if the caller's key lacks the right.
    func require(_ scope: AccessScope, of caller: Caller) throws {
        guard let key = caller.key, !key.allows(scope) else { return }
        throw AccessDenied.lacks(scope, key)
    }

    /// Refuses pages of other origins and hosts under unknown names, where a browser alone makes a request trustworthy.
    ///
    /// With keys no page can do anything without one, so its origin does not matter.
    func checkBrowser(_ request: Request) throws {
        if !needsKeys { try BrowserGuard(options).check(request) }
    }

    /// `Authorization: Bearer …`, or else `x-api-key`, or `x-functions-key` as clients of Azure Functions send it.
    private static func keyText(of request: Request) -> String? {
        if let header = request.headers[.authorization] {
            let parts = header.split(separator: " ", maxSplits: 1)
            guard parts.count == 2, parts.first?.lowercased() == "bearer" else { return header }
            return parts.last.map { String($0.drop { $0 == " " }) }
        }
        for name in ["x-api-key", "x-functions-key"] {
            if let field = request.headers.first(where: { $0.name.canonicalName == name }) { return field.value }
        }
        return nil
    }
}
#endif
