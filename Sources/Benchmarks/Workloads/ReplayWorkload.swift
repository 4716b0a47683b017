import Logging
import Warren
import WarrenStorage

/// Brings an instance with a long history back into memory: reads it from the store, decodes and replays it.
///
/// That is what a host does with an instance that it has let go of, without the host around it. The history is made by
/// the engine itself, one episode for each activity, and kept in a store on the disk.
struct ReplayWorkload: Workload {
    static let name = "replay"
    static let abstract = "Rebuilding an instance from a history of 10,000 events."

    static let hasHub = false

    private static let repeats = 30

    private let size: WorkloadSize

    init(_ size: WorkloadSize) { self.size = size }

    func run(on bench: Bench) async throws {
        let events = size.count ?? 10_000
        try await bench.measure(Self.name, inFlight: 1) { directory, _ in
            let store = try SQLitePartitionStore.open(
                directory: directory.path, hub: "replay", partition: 0, partitionCount: 1, logger: bench.logger)
            defer { store.close() }
            let functions = FunctionRegistry()
            Functions.registerChain(Functions.steps, with: functions) { _ in .max }
            let runner = LocalOrchestratorRunner(functions: functions, logger: bench.logger)
            let history = RecordedChain(runner: runner, events: events)
            try await history.write(to: store)

            // The file is in the system's cache from here on, as it is in a host that has just written it.
            try history.rebuild(from: store, runner)
            let meter = UsageMeter()
            var times: [Double] = []
            for _ in 0..<Self.repeats {
                let start = Ticks.now
                try history.rebuild(from: store, runner)
                times.append(start.milliseconds())
            }
            return Measurement(
                orchestrations: Self.repeats, activities: 0, latencies: Latencies(times), usage: meter.stop(),
                instances: 1, openInstances: 1
            ) { result in
                ["p50ToCommit": result.latencyMs.p50 / result.floor.commitP50Ms]
            }
        }
    }
}
