import Logging
import WarrenHost

/// Runs workloads over one transport: each result on a fresh hub, with the floor measured before and after it.
struct Bench: Sendable {
    let settings: BenchSettings
    let report: Report
    let logger: Logger

    init(_ settings: BenchSettings, report: Report) {
        self.settings = settings
        self.report = report
        let logger = Logger.bench()
        self.logger = logger
    }

    /// Runs a workload. With a journal, runs with it and without it take turns, and what it costs is reported.
    func run(_ workload: any Workload) async throws {
        guard settings.durability == .journal, !type(of: workload).isComparison else {
            return try await workload.run(on: self)
        }
        for part in workload.parts {
            let first = report.count
            for durability in [DurabilityKind.journal, .local, .local, .journal] {
                var settings = settings
                settings.durability = durability
                // Without a journal there is one host.
                if durability == .local { settings.hosts = settings.hosts.map { min($0, 1) } }
                try await part.run(on: Bench(settings, report: report))
            }
            report.compare(from: first)
        }
    }

    /// Measures one result against a hub of its own.
    ///
    /// - Parameters:
    ///   - title: the workload, with its size where it has several.
    ///   - inFlight: how many instances are under way at once.
    ///   - register: gives the host its functions.
    ///   - arrange: starts hosts that are processes, if not the usual ones.
    ///   - body: drives the load.
    @discardableResult
    func measure(
        _ title: String, inFlight: Int, register: (TaskHubHost) -> Void,
        arrange: @escaping @Sendable (Cluster, HubView?) async throws -> Void = BenchHub.arrange,
        _ body: (BenchHub, FloorProbe) async throws -> Measurement
    ) async throws -> WorkloadResult {
        try await measure(title, inFlight: inFlight) { directory, floor in
            try await BenchHub.with(
                settings, directory: directory, logger: logger, register: register, arrange: arrange
            ) { hub in
                try await body(hub, floor)
            }
        }
    }

    /// Measures one result in a directory of its own, beside the floor.
    @discardableResult
    func measure(
        _ title: String, inFlight: Int, _ body: (WorkDirectory, FloorProbe) async throws -> Measurement
    ) async throws -> WorkloadResult {
        Progress.shared.begin(
            "\(title), \(settings.transport.rawValue), \(settings.durability.rawValue), \(inFlight) in flight")
        let directory = try WorkDirectory(in: settings.directory, name: RandomName.make("bench"))
        do {
            let result = try await result(title, inFlight, directory, body)
            try directory.remove()
            Progress.shared.end()
            report.add(result)
            return result
        } catch {
            Progress.shared.end()
            try directory.remove()
            throw error
        }
    }

    private func result(
        _ title: String, _ inFlight: Int, _ directory: WorkDirectory,
        _ body: (WorkDirectory, FloorProbe) async throws -> Measurement
    ) async throws -> WorkloadResult {
        let probe = try await FloorProbe(settings, directory: directory, logger: logger)
        try await probe.sample()
        let measurement: Measurement
        do {
            measurement = try await body(directory, probe)
            try await probe.sample()
        } catch {
            try await probe.close()
            throw error
        }
        let floor = probe.take()
        try await probe.close()
        return WorkloadResult(title, settings, inFlight, measurement, floor)
    }
}

extension WorkloadResult {
    fileprivate init(
        _ title: String, _ settings: BenchSettings, _ inFlight: Int, _ measurement: Measurement, _ floor: Floor
    ) {
        let seconds = max(measurement.usage.seconds, 1e-9)
        // A child is started, and its end is an answer.
        let steps = Double(measurement.orchestrations + measurement.activities + 2 * measurement.children)
        let allocations = Double(measurement.usage.allocations)
        self.init(
            workload: title, transport: settings.transport.rawValue, durability: settings.durability.rawValue,
            hosts: settings.hosts, inFlight: inFlight,
            orchestrationsPerSecond: (Double(measurement.orchestrations) / seconds).rounded3,
            activitiesPerSecond: (Double(measurement.activities) / seconds).rounded3,
            latencyMs: LatencySummary(
                p50: measurement.latencies.p50.rounded3, p99: measurement.latencies.p99.rounded3,
                max: measurement.latencies.max.rounded3),
            floor: floor, cpu: measurement.usage.cpu.rounded3,
            cpuMicrosecondsPerStep: steps > 0 ? (measurement.usage.cpu * seconds / steps * 1e6).rounded3 : nil,
            allocationsPerStep: steps > 0 && allocations > 0 ? (allocations / steps).rounded3 : nil,
            residentBytes: measurement.usage.residentBytes,
            ratios: [:])
        ratios = measurement.ratios(self).mapValues(\.rounded3)
    }
}
