import Warren

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Timers of a second: how long after its time the orchestrator's code goes on.
///
/// The latency is that lateness. The orchestrator reads the machine's clock for it, which no orchestrator should; what it
/// finds goes to the report and into no decision.
struct TimersWorkload: Workload {
    static let name = "timers"
    static let abstract = "1000 timers of 1 s: how late they fire."

    private let size: WorkloadSize

    init(_ size: WorkloadSize) { self.size = size }

    func run(on bench: Bench) async throws {
        let count = size.count ?? 1000
        let inFlight = size.inFlight ?? count
        let lateness = Recorder()
        try await bench.measure(
            Self.name, inFlight: inFlight,
            register: { host in
                host.register(Functions.sleep) { context, input in
                    let due = context.now.addingTimeInterval(1)
                    try await context.sleep(until: due)
                    lateness.add(Date().timeIntervalSince(due) * 1e3)
                    return input
                }
            },
            { hub, _ in
                func drive() async throws {
                    _ = try await hub.load.complete(
                        Functions.sleep.name, count: count, inFlight: inFlight, input: { $0 }, output: { $0 })
                }
                try await drive()
                _ = lateness.take()
                let meter = UsageMeter()
                try await drive()
                let usage = meter.stop()
                let found = lateness.take()
                if let early = found.min(), early < -1 {
                    throw BenchError(.wrong, "A timer fired \(-early) ms before its time")
                }
                if found.count != count {
                    throw BenchError(
                        found.count < count ? .lost : .duplicated, "\(found.count) timers fired; \(count) were set")
                }
                return Measurement(
                    orchestrations: count, activities: 0, latencies: Latencies(found), usage: usage,
                    instances: count * 2
                ) { result in
                    ["p99ToCommit": result.latencyMs.p99 / result.floor.commitP50Ms]
                }
            })
    }
}
