/// How long something took, each time that it happened, beside its bar.
struct FailoverFigure: Sendable, Encodable {
    enum Statistic: String, Sendable {
        case p50, p99, max

        func value(of latencies: Latencies) -> Double {
            switch self {
            case .p50: latencies.p50
            case .p99: latencies.p99
            case .max: latencies.max
            }
        }
    }

    /// A demand: in milliseconds, of one of the numbers.
    struct Limit: Sendable {
        var statistic: Statistic
        var milliseconds: Double

        init(_ statistic: Statistic, _ milliseconds: Double) {
            self.statistic = statistic
            self.milliseconds = milliseconds
        }
    }

    let title: String
    let bar: Limit
    let aim: Limit
    private(set) var samples: [Double] = []

    init(_ title: String, bar: Limit, aim: Limit) {
        self.title = title
        self.bar = bar
        self.aim = aim
    }

    mutating func add(_ milliseconds: [Double]) { samples += milliseconds }

    var latencies: Latencies { Latencies(samples) }

    /// The bar and the aim, which may be of different numbers; `nil` without a sample.
    var check: BarCheck? {
        guard !samples.isEmpty else { return nil }
        return BarCheck(
            title: "\(title): ms, \(bar.statistic.rawValue)", direction: .atMost,
            value: bar.statistic.value(of: latencies), bar: bar.milliseconds, aim: aim.milliseconds,
            aimValue: aim.statistic.value(of: latencies),
            aimTitle: bar.statistic == aim.statistic ? nil : aim.statistic.rawValue)
    }

    private enum CodingKeys: String, CodingKey {
        case title = "figure"
        case samples, p50Ms, p99Ms, maxMs
    }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(title, forKey: .title)
        try container.encode(samples.count, forKey: .samples)
        try container.encode(latencies.p50.rounded3, forKey: .p50Ms)
        try container.encode(latencies.p99.rounded3, forKey: .p99Ms)
        try container.encode(latencies.max.rounded3, forKey: .maxMs)
    }
}

/// The figures, as they come.
struct FailoverFigures: Sendable {
    var killed = FailoverFigure(
        "kill -9, warm: all its partitions owned again", bar: .init(.p99, 1000), aim: .init(.p50, 100))
    var longestWait = FailoverFigure(
        "kill -9, warm: longest wait of a message", bar: .init(.max, 2000), aim: .init(.max, 500))
    var left = FailoverFigure(
        "planned move, SIGTERM: pause of a partition", bar: .init(.p50, 300), aim: .init(.p50, 100))
    var joined = FailoverFigure(
        "planned move, a host joins: pause of a partition", bar: .init(.p50, 300), aim: .init(.p50, 100))
    var frozen = FailoverFigure(
        "frozen, heartbeat 3 s: the others own its partitions", bar: .init(.max, 9000), aim: .init(.max, 7000))
    var cold: FailoverFigure
    /// How often a host that was started again ended before it was ready.
    var failedStarts = 0

    init(journalMiB: Int, partitions: Int) {
        cold = FailoverFigure(
            "kill -9, cold, \(journalMiB) MiB of journal, \(partitions) partition\(partitions == 1 ? "" : "s"): owned again",
            bar: .init(.max, 5000), aim: .init(.max, 2000))
    }

    /// Those that have samples.
    var all: [FailoverFigure] {
        [killed, longestWait, left, joined, frozen, cold].filter { !$0.samples.isEmpty }
    }
}
