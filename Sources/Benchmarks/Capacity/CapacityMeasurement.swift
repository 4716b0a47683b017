import Logging
import Warren

/// Measures what a step costs the broker and the hosts: instances of five activities in sequence, many at once.
struct CapacityMeasurement {
    private static let inFlight = 1000

    let settings: BenchSettings
    let logger: Logger
    var count = 6000

    /// What was found.
    struct Costs: Sendable {
        var brokerMicroseconds: Double?
        var hostMicroseconds: Double
        var followerMicroseconds: Double
    }

    func run() async throws -> Costs {
        let broker = try BrokerProcess.find(settings.broker ?? "")
        let alone = try await measure(hosts: 1, broker)
        // Two hosts share the partitions, and each follows those of the other one.
        let both = try await measure(hosts: 2, broker)
        return Costs(
            brokerMicroseconds: alone.broker, hostMicroseconds: alone.hosts,
            followerMicroseconds: max(0, both.hosts - alone.hosts))
    }

    private func measure(hosts: Int, _ broker: BrokerProcess?) async throws -> (broker: Double?, hosts: Double) {
        var settings = settings
        settings.durability = .journal
        settings.hosts = hosts
        Progress.shared.begin("what a step costs, \(hosts) host\(hosts == 1 ? "" : "s")")
        Progress.shared.show("starting")
        defer { Progress.shared.end() }
        let directory = try WorkDirectory(in: settings.directory, name: RandomName.make("bench"))
        do {
            var found: (broker: Double?, hosts: Double) = (nil, 0)
            _ = try await BenchHub.with(settings, directory: directory, logger: logger, register: { _ in }) { hub in
                func drive(_ count: Int) async throws -> Latencies {
                    try await hub.load.complete(
                        Functions.five.name, count: count, inFlight: Self.inFlight, input: { $0 }, output: { $0 + 5 })
                }
                let warmUp = 500
                _ = try await drive(warmUp)
                let meter = try await hub.meter()
                let before = broker?.cpuSeconds
                let latencies = try await drive(count)
                let after = broker?.cpuSeconds
                let usage = try await meter.stop()
                let steps = Double(count * 6)
                if let before, let after { found.broker = (after - before) / steps * 1e6 }
                found.hosts = usage.cpu * usage.seconds / steps * 1e6
                return Measurement(
                    orchestrations: count, activities: count * 5, latencies: latencies, usage: usage,
                    instances: warmUp + count, ratios: { _ in [:] })
            }
            try directory.remove()
            return found
        } catch {
            try directory.remove()
            throw error
        }
    }
}
