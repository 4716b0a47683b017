#if HTTP
public import Hummingbird
public import Logging
import WarrenClient

/// Answers errors that handlers of your own throw as the management routes answer theirs: a `ClientError` with the status
/// that it means (404, 409, 410, 412, 503, …) and its message, anything else with 500 and a line in the log.
///
/// ```swift
/// router.add(middleware: ClientErrors())
/// ```
public struct ClientErrors<Context: RequestContext>: RouterMiddleware {
    private let logger: Logger

    /// - Parameter logger: for errors that callers are told nothing about.
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
            // It says itself how it is answered.
            throw error
        } catch {
            return ManagementError(error, logger: logger).response
        }
    }
}
#endif
