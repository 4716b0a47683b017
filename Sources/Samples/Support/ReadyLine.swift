import ServiceLifecycle
import WarrenHost

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// Says on standard output when the host takes messages, for scripts that wait for it.
struct ReadyLine: Service {
    let host: TaskHubHost
    let configuration: HostConfiguration
    let place: @Sendable () async -> String?

    func run() async throws {
        guard await host.isReady else { return }
        let roles = configuration.roles.map(\.description).sorted(by: >).joined(separator: ",")
        let place = await place().map { ", \($0)" } ?? ""
        print("ready: hub \(configuration.hub), roles \(roles)\(place)")
        // Standard output is buffered when it is a file or a pipe. nil: all streams; `stdout` itself is a global variable.
        fflush(nil)
    }
}
