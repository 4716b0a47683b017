#if HTTP
import Hummingbird

/// Refuses requests that a web page makes through a user's browser.
///
/// The routes do not authenticate callers, so any page that a user of this machine opens could start and end
/// orchestrations. Two headers identify such a request: the `Origin` that browsers send with it, and, where the page's
/// own name was made to resolve to this machine (DNS rebinding), a `Host` that is not ours. Programs send no `Origin`.
struct BrowserGuard {
    private let options: ManagementOptions

    init(_ options: ManagementOptions) {
        self.options = options
    }

    /// - Throws: `ManagementError` with 403.
    func check(_ request: Request) throws {
        let host = request.head.authority ?? ""
        guard isOurs(host) else {
            throw refusal(
                "host-not-allowed", "Host",
                "The host '\(host.prefix(100))' is none by which this server is to be called.",
                remedy: "Call it by an IP address or as localhost; any other name has to be in "
                    + "'ManagementOptions.allowedHosts'.")
        }
        if let origin = header("origin", of: request) {
            guard try isOurs(origin, request) else {
                throw refusal(
                    "origin-not-allowed", "Origin",
                    "Pages of the origin '\(origin.prefix(100))' may not change anything here.",
                    remedy: "Those that may are listed in 'ManagementOptions.allowedOrigins'.")
            }
        } else if let site = header("sec-fetch-site", of: request), site != "same-origin", site != "none" {
            // A link or a picture: it has no `Origin`, but another page requested it.
            throw refusal(
                "origin-not-allowed", "Sec-Fetch-Site", "Pages of other origins may not change anything here.",
                remedy: "Those that may are listed in 'ManagementOptions.allowedOrigins'.")
        }
    }

    private func refusal(_ kind: String, _ field: String, _ detail: String, remedy: String) -> ManagementError {
        var error = ManagementError(.forbidden, "\(detail) \(remedy)", kind: kind)
        error.field = field
        error.remedy = remedy
        return error
    }

    /// Whether a name cannot be redirected by another's DNS: this machine's own, addresses, and configured names.
    private func isOurs(_ authority: String) -> Bool {
        // Old programs (HTTP/1.0) send none; browsers always do.
        guard !authority.isEmpty else { return true }
        // Nearly all of them, without copying a text.
        for own in ["127.0.0.1", "localhost"] where authority.utf8.starts(with: own.utf8) {
            let rest = authority.utf8.dropFirst(own.utf8.count)
            if rest.isEmpty || rest.first == UInt8(ascii: ":") { return true }
        }
        let name = Self.name(of: authority)
        if name == "localhost" || name.hasSuffix(".localhost") { return true }
        if Self.isAddress(name) { return true }
        return options.allowedHosts.contains { allowed in
            let allowed = allowed.lowercased()
            return allowed == name || allowed == authority.lowercased()
        }
    }

    private func isOurs(_ origin: String, _ request: Request) throws -> Bool {
        let origin = Self.normal(origin)
        if options.allowedOrigins.contains(where: { $0 == "*" || Self.normal($0) == origin }) { return true }
        return origin == Self.normal(try ManagementRequest.origin(of: request, options))
    }

    private func header(_ name: String, of request: Request) -> String? {
        request.headers.first { $0.name.canonicalName == name }?.value
    }

    /// The host without the port, in lower case; brackets of an IPv6 address stay.
    private static func name(of authority: String) -> String {
        let text = authority.lowercased()
        if text.hasPrefix("["), let end = text.firstIndex(of: "]") { return String(text[...end]) }
        return String(text.prefix { $0 != ":" })
    }

    private static func isAddress(_ name: String) -> Bool {
        if name.hasPrefix("[") { return name.hasSuffix("]") }
        let parts = name.split(separator: ".", omittingEmptySubsequences: false)
        // trap: never, a text that is no number from 0 to 255 is nil
        return parts.count == 4 && parts.allSatisfy { UInt8($0) != nil }
    }

    /// An origin in lower case, without the default port of its scheme.
    private static func normal(_ origin: String) -> String {
        let text = origin.lowercased()
        if text.hasPrefix("http://"), text.hasSuffix(":80") { return String(text.dropLast(3)) }
        if text.hasPrefix("https://"), text.hasSuffix(":443") { return String(text.dropLast(4)) }
        return text
    }
}
#endif
