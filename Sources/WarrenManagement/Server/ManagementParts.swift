#if HTTP
import Logging
import WarrenClient

/// What the two faces of the HTTP API share.
struct ManagementParts: Sendable {
    let client: TaskHubClient
    let options: ManagementOptions
    let logger: Logger
    let access: AccessControl
    let names = KnownOrchestrations()

    init(client: TaskHubClient, options: ManagementOptions, logger: Logger) {
        self.client = client
        self.options = options
        self.logger = logger
        access = AccessControl(options, logger: logger)
    }
}
#endif
