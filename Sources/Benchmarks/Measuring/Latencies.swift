/// How long something took, many times over, in milliseconds.
struct Latencies: Sendable {
    private var sorted: [Double]

    init(_ milliseconds: [Double]) {
        sorted = milliseconds.sorted()
    }

    mutating func add(_ more: Latencies) {
        sorted = (sorted + more.sorted).sorted()
    }

    /// The value that a share of all does not exceed; 0 if there is none.
    func percentile(_ share: Double) -> Double {
        guard !sorted.isEmpty else { return 0 }
        let rank = Int((share * Double(sorted.count)).rounded(.up))
        return sorted[Swift.min(Swift.max(rank - 1, 0), sorted.count - 1)]
    }

    var p50: Double { percentile(0.5) }
    var p99: Double { percentile(0.99) }
    var max: Double { sorted.last ?? 0 }
}
