/// What a warm follower costs: the runs with a second host that only follows beside those without.
struct FollowerCost: Sendable, Encodable {
    /// Orchestrations per second with a follower, and without: means of the runs.
    let followedPerSecond: Double
    let alonePerSecond: Double
    /// CPU microseconds of all hosts for each step.
    let followedMicroseconds: Double
    let aloneMicroseconds: Double

    /// `nil` when the results do not hold both sides.
    init?(_ results: [WorkloadResult]) {
        func side(_ hosts: Int) -> [WorkloadResult] {
            results.filter { $0.workload == FollowerWorkload.name && $0.hosts == hosts }
        }
        func mean(_ values: [Double]) -> Double { values.reduce(0, +) / Double(max(values.count, 1)) }
        let (alone, followed) = (side(1), side(2))
        guard !alone.isEmpty, !followed.isEmpty else { return nil }
        followedPerSecond = mean(followed.map(\.orchestrationsPerSecond)).rounded3
        alonePerSecond = mean(alone.map(\.orchestrationsPerSecond)).rounded3
        followedMicroseconds = mean(followed.compactMap(\.cpuMicrosecondsPerStep)).rounded3
        aloneMicroseconds = mean(alone.compactMap(\.cpuMicrosecondsPerStep)).rounded3
    }

    /// The share of its rate that the owner loses; below 0 if the noise is larger than the cost.
    var percent: Double? {
        alonePerSecond > 0 ? ((1 - followedPerSecond / alonePerSecond) * 100).rounded3 : nil
    }

    /// For people.
    var line: String {
        "    followed \(Number.text(followedPerSecond)) orch/s, alone \(Number.text(alonePerSecond)): "
            + "\(percent.map(Number.text) ?? "-") % less; a follower takes "
            + "\(Number.text(followedMicroseconds - aloneMicroseconds)) µs of CPU for each step"
    }

    private enum CodingKeys: String, CodingKey {
        case followedPerSecond, alonePerSecond, percent, followedMicroseconds, aloneMicroseconds
    }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(followedPerSecond, forKey: .followedPerSecond)
        try container.encode(alonePerSecond, forKey: .alonePerSecond)
        try container.encodeIfPresent(percent, forKey: .percent)
        try container.encode(followedMicroseconds, forKey: .followedMicroseconds)
        try container.encode(aloneMicroseconds, forKey: .aloneMicroseconds)
    }
}
