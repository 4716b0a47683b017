import Logging
import Synchronization
import Warren
import WarrenMessaging

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// A task hub with hosts that are processes.
final class Cluster: Sendable {
    let name: TaskHubName
    let settings: BenchSettings
    private let broker: String
    private let directory: WorkDirectory
    /// How often a host is started before it is given up.
    private static let mostStarts = 5

    private let running = Mutex<[Int: ClusterHost]>([:])
    /// Every directory that a host had.
    private let directories = Mutex<Set<String>>([])

    /// - Parameter heartbeat: that of the hosts' connections, in seconds; `nil` leaves it as the address says.
    init(_ name: TaskHubName, _ settings: BenchSettings, directory: WorkDirectory, heartbeat: Int? = nil) throws {
        guard let url = settings.broker else {
            throw BenchError(.host, "Hosts that are processes need a broker")
        }
        self.name = name
        self.settings = settings
        self.directory = directory
        broker = heartbeat.map { Self.address(url, heartbeat: $0) } ?? url
    }

    /// The hosts that run, in the order of their numbers.
    var hosts: [ClusterHost] { running.withLock { $0.values.sorted { $0.number < $1.number } } }

    /// The numbers of their processes.
    var processes: Set<Int> { Set(hosts.map(\.id)) }

    /// Starts a host; it goes on with what is in its directory.
    ///
    /// - Parameters:
    ///   - number: names its directory.
    ///   - roles: both, if none are given.
    @discardableResult
    func launch(_ number: Int, roles: [String] = ["orchestrator", "activity"]) throws -> ClusterHost {
        let path = "\(directory.path)/host-\(number)"
        let host = try ClusterHost(
            number,
            ClusterHost.Plan(
                hub: name.text, broker: broker, directory: path, partitionCount: settings.partitionCount,
                durability: settings.durability, roles: roles))
        running.withLock { $0[number] = host }
        if roles.contains("orchestrator") { _ = directories.withLock { $0.insert(path) } }
        return host
    }

    /// Starts hosts and waits until all are ready. The first makes the hub, before the others come.
    func launch(_ numbers: Range<Int>) async throws {
        for number in numbers {
            let host = try launch(number)
            if number == numbers.lowerBound { try await host.awaitReady() }
        }
        for host in hosts where numbers.contains(host.number) && host.number != numbers.lowerBound {
            try await host.awaitReady()
        }
    }

    /// Starts a host again and waits until it is ready. One that ends before is started once more, as a supervisor does.
    ///
    /// - Returns: how often it ended before.
    func revive(_ number: Int) async throws -> (host: ClusterHost, failures: Int) {
        var failures = 0
        while true {
            let host = try launch(number)
            do {
                try await host.awaitReady()
                return (host, failures)
            } catch let error as BenchError {
                failures += 1
                host.kill()
                await forget(host)
                guard failures < Self.mostStarts else { throw error }
            }
        }
    }

    /// Ends a host as `kill -9` does, and returns when its process is over.
    func kill(_ host: ClusterHost) async {
        host.kill()
        await forget(host)
    }

    /// Ends a host as SIGTERM does, and returns when its process is over.
    func stop(_ host: ClusterHost) async {
        host.askToStop()
        await forget(host)
    }

    /// Takes a host that was told to end off the list, and returns when its process is over.
    func forget(_ host: ClusterHost) async {
        await host.awaitEnd()
        running.withLock { running in
            if running[host.number] === host { running[host.number] = nil }
        }
    }

    /// Ends all hosts in order.
    func stopAll() async {
        let hosts = hosts
        for host in hosts { host.askToStop() }
        for host in hosts { await forget(host) }
    }

    /// Ends all hosts at once: what is left of a run that failed.
    func killAll() async {
        let hosts = hosts
        for host in hosts {
            host.thaw()
            host.kill()
        }
        for host in hosts { await forget(host) }
    }

    /// The directories of all hosts that there were.
    var dataDirectories: [String] { directories.withLock { $0.sorted() } }

    /// What all hosts have used.
    func usage() async throws -> [HostUsage] {
        var found: [HostUsage] = []
        for host in hosts { found.append(try await host.usage()) }
        return found
    }

    /// The broker's address with another heartbeat.
    static func address(_ url: String, heartbeat: Int) -> String {
        let parts = url.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
        // trap: there are two, or the condition has failed.
        let options = parts.count > 1 ? parts[1].split(separator: "&").filter { !$0.hasPrefix("heartbeat=") } : []
        // trap: splitting gives at least one part.
        return "\(parts[0])?" + (options + ["heartbeat=\(heartbeat)"]).joined(separator: "&")
    }
}
