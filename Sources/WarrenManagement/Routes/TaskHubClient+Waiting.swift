#if HTTP
import ServiceLifecycle
import Warren
import WarrenClient

extension TaskHubClient {
    /// Waits for an instance's end; `nil` if the time is over, or the server is about to stop: its end is not delayed by
    /// those who wait.
    ///
    /// - Throws: ``ClientError``.
    func waitUnlessStopping(for id: String, timeout: Duration) async throws -> OrchestrationStatus? {
        do {
            return try await cancelWhenGracefulShutdown { [self] in try await wait(for: id, timeout: timeout) }
        } catch let error as ClientError where error.code == .timedOut {
            return nil
        } catch is CancellationError where !Task.isCancelled {
            return nil
        }
    }
}
#endif
