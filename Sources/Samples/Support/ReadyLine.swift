import ServiceLifecycle
import WarrenHost

/// Says on standard output when the host takes messages and where its pages are, for scripts that wait for it.
struct ReadyLine: Service {
    let host: TaskHubHost
    let configuration: HostConfiguration
    let web: WebServer?

    func run() async throws {
        guard await host.isReady else { return }
        let roles = configuration.roles.map(\.description).sorted(by: >).joined(separator: ",")
        var line = "ready: hub \(configuration.hub), roles \(roles)"
        if let web {
            guard let address = await web.address else { return }
            line += ", \(address)"
        }
        StandardOutput.say(line)
    }
}
