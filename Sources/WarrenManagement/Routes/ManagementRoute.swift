#if HTTP
import Hummingbird

/// One route: a method, a path with names for its variable parts, and a handler.
struct ManagementRoute: Sendable {
    typealias Handler = @Sendable (ManagementRequest) async throws -> Response

    let method: HTTPRequest.Method
    /// The path, such as `/api/orchestrators/:function`.
    let path: String
    /// The right that it needs.
    let scope: AccessScope
    let handler: Handler

    /// Whether it starts, controls or removes something: pages of other origins may not request that, and the audit log
    /// records it.
    var changesSomething: Bool { scope != .read }

    /// The right that a request needs: a restart is a start, although its path is that of the other operations.
    func scope(of parameters: Parameters) -> AccessScope {
        parameters.get("operation")?.lowercased() == "restart" ? .start : scope
    }

    /// What the audit log calls a request.
    func command(of parameters: Parameters) -> String {
        if let operation = parameters.get("operation") { return String(operation.lowercased().prefix(20)) }
        if path.contains("/entities/") { return method == .delete ? "delete-entity" : "signal" }
        return method == .delete ? "purge" : "start"
    }

    /// The variable parts of a path that is this route's, its fixed parts in any case; `nil` if it is another path.
    func parameters(of path: String) -> Parameters? {
        let wanted = self.path.split(separator: "/")
        let given = path.split(separator: "/")
        guard wanted.count == given.count else { return nil }
        var parameters = Parameters()
        for (want, part) in zip(wanted, given) {
            if want.first == ":" {
                parameters[want.dropFirst()] = part
            } else if want.lowercased() != part.lowercased() {
                return nil
            }
        }
        return parameters
    }
}
#endif
