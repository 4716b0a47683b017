/// A kind of load, and how it is measured and verified.
protocol Workload: Sendable {
    /// What the command line calls it.
    static var name: String { get }
    /// What it does, in one line.
    static var abstract: String { get }

    init(_ size: WorkloadSize)

    /// Runs it and adds its results to the bench's report.
    ///
    /// - Throws: `BenchError` when something was lost, duplicated or wrong.
    func run(on bench: Bench) async throws
}

/// What the command line says in the place of a workload's own numbers.
struct WorkloadSize: Sendable {
    var inFlight: Int?
    var count: Int?
}
