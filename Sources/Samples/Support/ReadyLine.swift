import ServiceLifecycle
import Warren
import WarrenHost

/// Says on standard output when the host takes messages and where its pages are, for scripts that wait for it.
struct ReadyLine: Service {
    let host: TaskHubHost
    let configuration: HostConfiguration
    let web: (any WebService)?
    /// The address of health and metrics, once they are served; `nil` if they are not.
    let health: (@Sendable () async -> String?)?

    func run() async throws {
        guard await host.isReady else { return }
        let roles = configuration.roles.map(\.description).sorted(by: >).joined(separator: ",")
        var line = "ready: hub \(configuration.hub), roles \(roles)"
        if let web {
            guard let address = await web.address else { return }
            line += ", \(address)"
        }
        if let health {
            guard let address = await health() else { return }
            line += ", health \(address)"
        }
        StandardOutput.say(line)
    }
}
