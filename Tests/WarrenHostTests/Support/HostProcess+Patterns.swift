import TestSupport
import Warren
import WarrenHost

extension HostProcess {
    /// Starts the sample host `patterns` and waits until it takes messages.
    static func start(
        hub: String, broker: String, data: String, roles: String, durability: Durability = .local,
        dispatch: HostConfiguration.ActivityDispatch = .broker
    ) async throws -> HostProcess {
        try await start(
            Program.product("patterns"),
            [
                "--broker", broker, "--hub", hub, "--data", data, "--roles", roles, "--log-level", "warning",
                "--durability", durability.description, "--activity-dispatch", dispatch.description,
            ])
    }
}
