#if HTTP
import Hummingbird

/// One route: a method, a path with names for its variable parts, and what answers.
struct ManagementRoute: Sendable {
    typealias Handler = @Sendable (ManagementRequest) async throws -> Response

    let method: HTTPRequest.Method
    /// Such as `/api/orchestrators/:function`.
    let path: String
    /// Whether it starts, steers or removes something: pages of other origins may not ask for that.
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
