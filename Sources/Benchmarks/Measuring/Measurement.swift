/// What a workload found out in one run of its load.
struct Measurement: Sendable {
    /// How many orchestrations completed (for `events` and `timers`: had their event or timer).
    var orchestrations: Int
    /// How many activities ran.
    var activities: Int
    /// How many sub-orchestrations ran.
    var children = 0
    /// How long each took, in milliseconds.
    var latencies: Latencies
    var usage: Usage
    /// How many instances the run has started in all, warm-up included; checked against the store.
    var instances: Int
    /// How many more there may be: starts that were under way when their sender ended.
    var uncertainInstances = 0
    /// How many of them are to be open at the end.
    var openInstances: Int
    /// What the results are compared with.
    var ratios: @Sendable (WorkloadResult) -> [String: Double]

    init(
        orchestrations: Int, activities: Int, latencies: Latencies, usage: Usage, instances: Int,
        openInstances: Int = 0, ratios: @escaping @Sendable (WorkloadResult) -> [String: Double]
    ) {
        self.orchestrations = orchestrations
        self.activities = activities
        self.latencies = latencies
        self.usage = usage
        self.instances = instances
        self.openInstances = openInstances
        self.ratios = ratios
    }
}
