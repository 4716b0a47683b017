import Hummingbird
public import WarrenClient

/// The HTTP routes that start, show and steer instances.
public struct ManagementRoutes: Sendable {
    let client: TaskHubClient

    /// Routes that ask the hub of a client.
    public init(client: TaskHubClient) {
        self.client = client
    }
}
