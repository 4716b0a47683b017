#if HTTP
public import Hummingbird
public import Logging
import WarrenClient

/// Answers errors of your own handlers as the management routes do: a `ClientError` with the corresponding status (404,
/// 409, 410, 412, 503, …) and its message, any other error with 500 and a line in the log.
///
/// ```swift
/// router.add(middleware: ClientErrors())
/// ```
public struct ClientErrors<Context: RequestContext>: RouterMiddleware {
    private let logger: Logger

    /// - Parameter logger: for errors that are not described to callers.
    public init(logger: Logger = Logger(label: "warren.http")) {
        self.logger = logger
    }

    /// Handles a request.
    @concurrent
    public func handle(
        _ request: Request, context: Context, next: @concurrent (Request, Context) async throws -> Response
    ) async throws -> Response {
        do {
            return try await next(request, context)
        } catch let error as any HTTPResponseError {
            // The error determines its response itself.
            throw error
        } catch {
            return ManagementError(error, logger: logger).response
        }
    }
}
#endif
