package import Logging
import WarrenMessaging

extension TaskHubProvisioning {
    /// Connects to a broker, runs the body, and closes the connection whatever happens.
    package static func connected<Value>(
        broker url: String, hub: String, logger: Logger, _ body: (TaskHubProvisioning) async throws -> Value
    ) async throws -> Value {
        let name: TaskHubName
        do {
            name = try TaskHubName(hub)
        } catch {
            throw ClientError(.invalidArgument, error.message)
        }
        let transport = try await TaskHubClient.connectTransport(broker: url, logger: logger)
        do {
            let value = try await body(TaskHubProvisioning(hub: name, transport: transport))
            await transport.shutdown()
            return value
        } catch {
            await transport.shutdown()
            throw error
        }
    }
}
