/// One result, as `--json` prints it.
struct WorkloadResult: Sendable, Codable {
    /// The workload, with its size where it has several: `fan-out-1000`.
    var workload: String
    var transport: String
    /// `local` or `journal`.
    var durability: String
    /// How many hosts there were, each a process; `nil` for one inside this process.
    var hosts: Int?
    /// How many instances were under way at once.
    var inFlight: Int
    var orchestrationsPerSecond: Double
    var activitiesPerSecond: Double
    var latencyMs: LatencySummary
    /// What disk and broker did at the same time.
    var floor: Floor
    /// CPU seconds of this process per second, or of all hosts that are processes; the broker's are not in it.
    var cpu: Double
    /// CPU microseconds of the same for each step: a start, or an answer to an activity or a parent. `nil` if the workload has none.
    var cpuMicrosecondsPerStep: Double?
    /// Allocations for each step, if they were counted.
    var allocationsPerStep: Double?
    /// Memory of this process at the end, or of the largest host.
    var residentBytes: Int
    /// The result compared with the floor.
    var ratios: [String: Double]

    struct LatencySummary: Sendable, Codable {
        var p50: Double
        var p99: Double
        var max: Double
    }
}

extension Double {
    /// To three decimals, which is more than any measurement here means.
    var rounded3: Double { (self * 1000).rounded() / 1000 }
}
