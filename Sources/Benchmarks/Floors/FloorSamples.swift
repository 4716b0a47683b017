/// What the probes found, before and after a run.
struct FloorSamples: Sendable {
    var commits: [Double] = []
    var fsyncs: [Double] = []
    var hops: [Double] = []
    var rates: [Double] = []

    var floor: Floor {
        Floor(
            commitP50Ms: Latencies(commits).p50.rounded3, fsyncP50Ms: Latencies(fsyncs).p50.rounded3,
            hopP50Ms: Latencies(hops).p50.rounded3,
            brokerMessagesPerSecond: rates.isEmpty
                ? 0 : (rates.reduce(0, +) / Double(rates.count)).rounded())
    }
}
