#if HTTP
import Hummingbird

/// All operations of `/api/v1`, to be found by method and path.
struct APITable: Sendable {
    private let routes: [Int: [APIRoute]]

    init(_ routes: [APIRoute]) {
        // Those with more fixed parts come first: `/dead-letters/purge` before `/dead-letters/{letterId}`.
        self.routes = Dictionary(grouping: routes) { $0.path.split(separator: "/").count }
            .mapValues { $0.sorted { $0.fixedParts > $1.fixedParts } }
    }

    /// The operation of a request; a `HEAD` is answered as a `GET` without its body.
    ///
    /// - Throws: `APIProblem` with 404 for a path that there is not, 405 for one with other methods.
    func route(
        _ method: HTTPRequest.Method, _ segments: [Substring]
    ) throws -> (APIRoute, variables: [String: Substring]) {
        let wanted = method == .head ? .get : method
        var allowed: Set<HTTPRequest.Method> = []
        var fixedParts = 0
        for route in routes[segments.count] ?? [] {
            guard let variables = route.variables(of: segments) else { continue }
            // A path of fixed parts is that path for every method: `GET /dead-letters/purge` asks for no letter.
            guard route.fixedParts >= fixedParts else { break }
            fixedParts = route.fixedParts
            if route.method == wanted { return (route, variables) }
            allowed.insert(route.method)
        }
        guard !allowed.isEmpty else {
            throw APIProblem(
                .notFound, .unknownPath, "There is no such path.",
                remedy: "\(ManagementAPI.base)/openapi.json lists them all.")
        }
        if allowed.contains(.get) { allowed.insert(.head) }
        var problem = APIProblem(
            .methodNotAllowed, .methodNotAllowed, "This path has no \(method.rawValue).",
            remedy: "Its methods: \(allowed.map(\.rawValue).sorted().joined(separator: ", ")).")
        problem.allowed = Array(allowed)
        throw problem
    }
}
#endif
