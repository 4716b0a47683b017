import Logging
import Warren
import WarrenHost
import WarrenMessaging

/// What watches a cluster while its hosts come and go: the calls of each partition, a steady stream of starts, the beats.
struct FailoverProbes: Sendable {
    let watch: PulseWatch
    let stream: StartStream
    let view: HubView
    let load: LoadGenerator

    /// Runs the body while everything is watched, and verifies that all that was started has come to its end.
    ///
    /// - Parameter rate: starts each second; with 0 there are none.
    static func with(
        _ cluster: Cluster, _ transport: any MessageTransport, rate: Int, logger: Logger,
        _ body: (FailoverProbes) async throws -> Void
    ) async throws {
        let count = cluster.settings.partitionCount
        let probes = FailoverProbes(
            watch: PulseWatch(partitions: count),
            stream: try await StartStream(hub: cluster.name, transport: transport),
            view: try await HubView(cluster.name, partitions: count, transport: transport),
            load: try await LoadGenerator(hub: cluster.name, transport: transport))
        let worker = try worker(of: cluster, probes.watch, logger)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await worker.run() }
            group.addTask { try await probes.view.run() }
            group.addTask { try await probes.stream.read() }
            group.addTask { try await probes.load.run() }
            do {
                guard await worker.isReady else {
                    throw BenchError(.host, "The benchmark's own worker ended before it was ready")
                }
                if rate > 0 { group.addTask { try await probes.stream.publish(perSecond: rate) } }
                probes.startPulses(in: cluster, transport)
                try await body(probes)
                probes.watch.finish()
                try probes.watch.check()
                try await probes.stream.finish()
                await probes.close()
                group.cancelAll()
                try await group.waitForAll()
            } catch {
                probes.watch.finish()
                await probes.close()
                group.cancelAll()
                throw error
            }
        }
    }

    private func close() async {
        await load.close()
        await stream.close()
        await view.close()
    }

    /// The worker of this process, which sees the calls.
    private static func worker(
        of cluster: Cluster, _ watch: PulseWatch, _ logger: Logger
    ) throws -> TaskHubHost {
        var configuration = HostConfiguration(
            hub: cluster.name.text, broker: cluster.settings.broker, roles: [.activity],
            partitionCount: cluster.settings.partitionCount)
        configuration.storage.durability = cluster.settings.durability.durability
        configuration.graces.stop = .seconds(10)
        let host = try TaskHubHost(configuration, logger: logger)
        host.register(Functions.beat) { pulse in try await watch.take(pulse) }
        return host
    }

    /// Starts one endless orchestration in each partition.
    private func startPulses(in cluster: Cluster, _ transport: any MessageTransport) {
        let count = cluster.settings.partitionCount
        let encoder = RequestEncoder(hub: cluster.name, replyQueue: "")
        let messages = Self.instances(partitions: count).enumerated().map { partition, instance in
            encoder.start(
                StartCommand(
                    name: Functions.pulse.name, instanceID: instance,
                    input: Payload(json: "{\"partition\":\(partition),\"number\":0}")),
                reply: .none, ids: RequestIDs(messageID: instance, correlationID: instance))
        }
        // One that is lost shows in that its partition never calls.
        transport.publish(messages) { _ in }
    }

    /// The ID of an instance in each partition.
    static func instances(partitions count: Int) -> [String] {
        var found: [String?] = Array(repeating: nil, count: count)
        var number = 0
        while found.contains(where: { $0 == nil }) {
            let id = "pulse-\(number)"
            let partition = Partitioning.partition(of: id, count: count)
            found[partition] = found[partition] ?? id
            number += 1
        }
        return found.compactMap { $0 }
    }
}
