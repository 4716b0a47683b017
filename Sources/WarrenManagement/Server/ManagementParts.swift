#if HTTP
import Logging
import Warren
import WarrenClient
import WarrenHost

/// What the two faces of the HTTP API share.
struct ManagementParts: Sendable {
    let client: TaskHubClient
    let options: ManagementOptions
    let logger: Logger
    let access: AccessControl
    let names = KnownOrchestrations()
    /// The host of the hub in this process, if there is one.
    private let host: TaskHubHost?

    init(client: TaskHubClient, host: TaskHubHost? = nil, options: ManagementOptions, logger: Logger) {
        self.client = client
        self.options = options
        self.logger = logger
        access = AccessControl(options, logger: logger)
        // A host of another hub knows nothing of the instances of this one.
        self.host = host?.hub == client.hub ? host : nil
    }

    /// The status of an instance; `nil` if there is none.
    ///
    /// An instance of a partition of this process's host is read without a message; the others are asked for, together
    /// with those of other callers at the same time. Every effect that was accepted before the call is in either answer.
    func status(of id: String) async throws -> StatusCopy? {
        if let host {
            switch await host.committedStatus(of: id) {
            case .found(let copy): return copy
            case .unknown: return nil
            case .askTheHub: break
            }
        }
        return try await client.sharedStatus(of: id).map { StatusCopy($0) }
    }

    /// The status of an instance, if it is in the memory of this process's host and the latest.
    func statusInMemory(of id: String) -> StatusCopy? { host?.statusInMemory(of: id) }

    /// Whether some statuses may be in memory.
    var hasHost: Bool { host != nil }
}
#endif
