#if HTTP
import Hummingbird

/// One route: a method, a path with names for its variable parts, and a handler.
struct ManagementRoute: Sendable {
    typealias Handler = @Sendable (ManagementRequest) async throws -> Response

    let method: HTTPRequest.Method
    /// The path, such as `/api/orchestrators/:function`.
    let path: String
    /// Whether it starts, controls or removes something: pages of other origins may not request that.
    let changesSomething: Bool
    let handler: Handler

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
