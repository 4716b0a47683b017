/// What a journal costs: the results of a workload with it and without it, which took turns.
struct JournalCost: Sendable, Encodable {
    let workload: String
    let inFlight: Int
    /// Orchestrations per second with a journal, and without one: means of the runs.
    let journalPerSecond: Double
    let localPerSecond: Double
    /// Milliseconds from start to end of an instance: means of the runs' medians.
    let journalP50Ms: Double
    let localP50Ms: Double
    /// Steps of an instance: its start, and the answer to each of its activities.
    let stepsPerInstance: Double

    /// `nil` when the results do not hold both sides.
    init?(_ workload: String, inFlight: Int, _ results: [WorkloadResult]) {
        func side(_ durability: DurabilityKind) -> [WorkloadResult] {
            results.filter {
                $0.workload == workload && $0.inFlight == inFlight && $0.durability == durability.rawValue
                    && $0.transport == TransportKind.rabbitMQ.rawValue
            }
        }
        let journal = side(.journal)
        let local = side(.local)
        guard let first = local.first, !journal.isEmpty else { return nil }
        self.workload = workload
        self.inFlight = inFlight
        journalPerSecond = Self.mean(journal.map(\.orchestrationsPerSecond)).rounded3
        localPerSecond = Self.mean(local.map(\.orchestrationsPerSecond)).rounded3
        journalP50Ms = Self.mean(journal.map(\.latencyMs.p50)).rounded3
        localP50Ms = Self.mean(local.map(\.latencyMs.p50)).rounded3
        stepsPerInstance =
            first.orchestrationsPerSecond > 0
            ? (1 + first.activitiesPerSecond / first.orchestrationsPerSecond).rounded3 : 1
    }

    /// Orchestrations per second with a journal for each one without.
    var throughputRatio: Double? { localPerSecond > 0 ? (journalPerSecond / localPerSecond).rounded3 : nil }

    /// Milliseconds that the journal adds to each step, as a client sees it. With many in flight, waiting for one another
    /// is in it.
    var extraMsPerStep: Double { ((journalP50Ms - localP50Ms) / stepsPerInstance).rounded3 }

    /// Every comparison that the results hold, in their order.
    static func all(_ results: [WorkloadResult]) -> [JournalCost] {
        var seen: Set<String> = []
        return results.compactMap { result in
            guard seen.insert("\(result.workload) \(result.inFlight)").inserted else { return nil }
            return JournalCost(result.workload, inFlight: result.inFlight, results)
        }
    }

    /// For people.
    var line: String {
        "    journal \(Number.text(journalPerSecond)) orch/s, local \(Number.text(localPerSecond)): ratio "
            + "\(throughputRatio.map(Number.text) ?? "-"); p50 \(Number.text(journalP50Ms)) and "
            + "\(Number.text(localP50Ms)) ms: \(Number.text(extraMsPerStep)) ms more for each step"
    }

    private static func mean(_ values: [Double]) -> Double { values.reduce(0, +) / Double(max(values.count, 1)) }

    private enum CodingKeys: String, CodingKey {
        case workload, inFlight, journalPerSecond, localPerSecond, throughputRatio
        case journalP50Ms, localP50Ms, stepsPerInstance, extraMsPerStep
    }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(workload, forKey: .workload)
        try container.encode(inFlight, forKey: .inFlight)
        try container.encode(journalPerSecond, forKey: .journalPerSecond)
        try container.encode(localPerSecond, forKey: .localPerSecond)
        try container.encodeIfPresent(throughputRatio, forKey: .throughputRatio)
        try container.encode(journalP50Ms, forKey: .journalP50Ms)
        try container.encode(localP50Ms, forKey: .localP50Ms)
        try container.encode(stepsPerInstance, forKey: .stepsPerInstance)
        try container.encode(extraMsPerStep, forKey: .extraMsPerStep)
    }
}
