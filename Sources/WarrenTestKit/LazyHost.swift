import Logging
import Warren
import WarrenClient
import WarrenHost
import WarrenMessaging

/// Starts the hub's host when it is first needed, after the test has registered its functions.
actor LazyHost {
    private let host: TaskHubHost
    private let transport: InProcessTransport
    private let logger: Logger
    private let gracePeriod: Duration
    private let claims: ClaimCheck?
    private var starting: Task<TaskHubClient, any Error>?
    private var running: Task<Void, any Error>?

    init(
        host: TaskHubHost, transport: InProcessTransport, gracePeriod: Duration, claims: ClaimCheck? = nil,
        logger: Logger
    ) {
        self.claims = claims
        self.host = host
        self.transport = transport
        self.gracePeriod = gracePeriod
        self.logger = logger
    }

    func client() async throws -> TaskHubClient {
        if let starting { return try await starting.value }
        let running = Task { [host] in try await host.run() }
        self.running = running
        let starting = Task { [host, transport, logger, claims] in
            guard await host.isReady else {
                try await running.value
                throw TestHubError("The hub ended before it was ready.")
            }
            // No start is held: the clock stands still, and a start with an unregistered name must be refused at once.
            return try await TaskHubClient(
                hub: "test", transport: transport, claims: claims, logger: logger, holdLimit: .zero)
        }
        self.starting = starting
        return try await starting.value
    }

    /// Ends the host. An activity that is still running has a second; then the host's own grace period is over.
    func stop(_ clock: VirtualClock) async {
        running?.cancel()
        let impatience = Task { [gracePeriod] in
            try await Task.sleep(for: .seconds(1))
            let end = clock.now.advanced(by: gracePeriod)
            while clock.move(to: end) {}
        }
        _ = await running?.result
        impatience.cancel()
        if let client = try? await starting?.value { await client.close() }
    }
}
