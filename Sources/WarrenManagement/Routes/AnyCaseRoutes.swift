#if HTTP
import Hummingbird

/// Answers requests without a route, or with only a catch-all one, if the path is one of the management routes in
/// another case: `/API/Orchestrators/…`.
struct AnyCaseRoutes<Context: RequestContext>: RouterMiddleware {
    let routes: ManagementRoutes
    let table: [ManagementRoute]

    @concurrent
    func handle(
        _ request: Request, context: Context, next: @concurrent (Request, Context) async throws -> Response
    ) async throws -> Response {
        if let path = context.endpointPath, !path.hasSuffix("**") { return try await next(request, context) }
        for route in table where route.method == request.method {
            if let parameters = route.parameters(of: request.uri.path) {
                return await routes.respond(
                    to: request, parameters, with: route, address: context.callerAddress)
            }
        }
        return try await next(request, context)
    }
}
#endif
