public import Warren
import WarrenMessaging

/// A handle on a started instance that can wait for its result.
///
/// Releasing the handle does not affect the instance. Another process gets one from the ID with
/// ``TaskHubClient/instance(of:id:)``.
public struct OrchestrationInstance<Output: Sendable>: Sendable {
    /// The instance's ID.
    public let id: String
    /// The orchestration's name.
    public let orchestration: String

    let client: TaskHubClient
    /// The request of the start, if the host will answer it when the instance ends.
    let request: OpenRequest?
    let decode: @Sendable (Payload) throws -> Output

    init(
        id: String, orchestration: String, client: TaskHubClient, request: OpenRequest?,
        decode: @escaping @Sendable (Payload) throws -> Output
    ) {
        self.id = id
        self.orchestration = orchestration
        self.client = client
        self.request = request
        self.decode = decode
    }

    /// Waits until the instance ends, and returns its output. It may be called any number of times.
    ///
    /// - Parameter timeout: the time limit; by default none. Cancelling the caller ends the wait, not the instance.
    /// - Throws: ``OrchestrationFailure`` when the instance failed or was terminated; ``ClientError``, with
    ///   ``ClientError/Code/timedOut`` when the time limit was reached first.
    public func result(timeout: Duration? = nil) async throws -> Output {
        let output = try await client.output(of: id, request: request, timeout: timeout)
        do {
            return try decode(output)
        } catch {
            throw ClientError(
                .invalidReply,
                "The output of instance '\(id)' is not the \(Output.self) that the reference to '\(orchestration)' says.",
                cause: error)
        }
    }

    /// The status of the instance.
    ///
    /// - Returns: `nil` if the hub does not know it: its start has been confirmed only, or it was purged.
    public func status(includeHistory: Bool = false) async throws -> OrchestrationStatus? {
        try await client.status(of: id, includeHistory: includeHistory)
    }
}
