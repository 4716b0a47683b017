#if HTTP
import Hummingbird

/// Answers every request below `/api/v1`, whatever its method, and passes on all others.
struct APIMiddleware<Context: RequestContext>: RouterMiddleware {
    let api: ManagementAPI
    let table: APITable

    @concurrent
    func handle(
        _ request: Request, context: Context, next: @concurrent (Request, Context) async throws -> Response
    ) async throws -> Response {
        let path = request.uri.path
        guard path.hasPrefix(ManagementAPI.base) else { return try await next(request, context) }
        let rest = path.dropFirst(ManagementAPI.base.count)
        guard rest.isEmpty || rest.first == "/" else { return try await next(request, context) }
        let segments = rest.dropFirst().split(separator: "/", omittingEmptySubsequences: false)
        return await api.respond(to: request, segments, address: context.callerAddress, table)
    }
}
#endif
