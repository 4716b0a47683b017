import Warren
import WarrenMessaging

/// The HTTP API: starts alone, and statuses beside a host that is busy. First of a server in a process of its own, which
/// asks the host by messages, then of one in the host's process, which reads what the host has committed. The thousand
/// instances that are asked for have ended: beside the host, their statuses are in memory after the first turn.
///
/// The load is sent with `wrk`. Statuses are offered at a fixed rate, so that what they cost the host's other work is the
/// cost of that rate; the host's work without them is measured before and after, with the same loop.
struct HTTPWorkload: Workload {
    static let name = "http"
    static let abstract =
        "Starts over HTTP, and statuses beside 'sequence', 100 instances in flight; 'warren serve', then a server beside "
        + "the host. Needs wrk and warren."

    /// Where the server runs.
    private enum Place: String, CaseIterable {
        /// In a process of its own, `warren serve`.
        case serve = "http"
        /// In the process of the host.
        case host = "http-host"
    }

    private static let connections = 64
    private static let seconds = 12
    /// The requests for a status in a second.
    private static let statusRate = 5500
    private static let chunk = 1000
    /// The first series of a generator: its instances are asked for.
    private static let firstSeries = "s1"

    private let size: WorkloadSize

    init(_ size: WorkloadSize) { self.size = size }

    func run(on bench: Bench) async throws {
        for place in Place.allCases { try await run(at: place, on: bench) }
    }

    private func run(at place: Place, on bench: Bench) async throws {
        guard let broker = bench.settings.broker else { return }
        let runs = Counter()
        let inFlight = size.inFlight ?? 100
        try await bench.measure(
            place.rawValue, inFlight: inFlight,
            register: { host in
                Functions.registerFive(with: host, runs)
                host.register(Functions.echo) { _, input in input }
            },
            { hub, _ in
                let directory = try WorkDirectory(in: bench.settings.directory, name: RandomName.make("http"))
                do {
                    let server: any HTTPServer =
                        switch place {
                        case .serve: try await ServeProcess.start(hub: hub.name.text, broker: broker, in: directory)
                        case .host: try await HostServer.start(beside: hub, broker: broker, logger: bench.logger)
                        }
                    let measurement = try await measure(hub, server, inFlight: inFlight, runs, directory)
                    try directory.remove()
                    return measurement
                } catch {
                    try directory.remove()
                    throw error
                }
            })
    }

    private func measure(
        _ hub: BenchHub, _ server: any HTTPServer, inFlight: Int, _ runs: Counter, _ directory: WorkDirectory
    ) async throws -> Measurement {
        do {
            // 1. Instances to ask for, and to warm up with.
            var loop = SequenceLoop(hub, inFlight: inFlight, chunk: Self.chunk)
            try await loop.warmUp()
            // 2. Starts, as many as are answered.
            let starts = try await load(
                server,
                """
                wrk.method = "POST"
                wrk.headers["Content-Type"] = "application/json"
                wrk.body = '{"orchestration":"\(Functions.echo.name)","input":7}'
                function request() return wrk.format(nil, "/api/v1/instances") end
                """, rate: nil
            ).run(in: directory)
            // 3. The host's own work alone, beside statuses, and alone.
            let meter = try await hub.meter()
            let before = loop.done
            func sequences(_ load: WrkLoad?) async throws -> (perSecond: Double, statuses: WrkLoad.Result?) {
                async let statuses = load?.run(in: directory)
                let rate = try await loop.run(for: .seconds(Self.seconds))
                return (rate, try await statuses)
            }
            let alone = try await sequences(nil)
            let beside = try await sequences(
                try load(
                    server,
                    """
                    local count = 0
                    function request()
                        count = (count + 7919) % \(Self.chunk)
                        return wrk.format("GET", "/api/v1/instances/\(Self.firstSeries)-" .. count)
                    end
                    """, rate: Self.statusRate))
            let again = try await sequences(nil)
            await server.stop()
            guard let statuses = beside.statuses else { throw BenchError(.host, "wrk was not run") }
            try Functions.verify(runs, are: loop.done * Functions.activitiesOfFive)
            let errors = starts.errors + statuses.errors
            guard errors == 0 else { throw BenchError(.wrong, "\(errors) requests were answered with an error") }
            let free = (alone.perSecond + again.perSecond) / 2
            var measurement = Measurement(
                orchestrations: loop.done - before, activities: (loop.done - before) * Functions.activitiesOfFive,
                latencies: loop.latencies, usage: try await meter.stop(), instances: loop.done + starts.requests
            ) { _ in
                [
                    "startsPerSecond": starts.perSecond, "startP99Ms": starts.p99,
                    "statusesPerSecond": statuses.perSecond, "statusP50Ms": statuses.p50, "statusP99Ms": statuses.p99,
                    "sequencesAlone": free, "sequencesBeside": beside.perSecond,
                    "rateKept": beside.perSecond / max(free, 1e-9),
                ]
            }
            measurement.uncertainInstances = Self.connections
            return measurement
        } catch {
            await server.stop()
            throw error
        }
    }

    private func load(_ server: any HTTPServer, _ requests: String, rate: Int?) throws -> WrkLoad {
        WrkLoad(
            url: server.url, connections: Self.connections, seconds: Self.seconds, rate: rate, requests: requests)
    }
}
