/// A kind of load, and how it is measured and verified.
protocol Workload: Sendable {
    /// What the command line calls it.
    static var name: String { get }
    /// What it does, in one line.
    static var abstract: String { get }
    /// Whether it runs against a hub, rather than a file alone.
    static var hasHub: Bool { get }
    /// Whether it runs with hosts that are processes of their own.
    static var takesHosts: Bool { get }
    /// Whether it compares what it compares by itself, so that `--durability journal` does not.
    static var isComparison: Bool { get }
    /// What is measured after it with several hosts.
    static var sequel: (any Workload.Type)? { get }

    init(_ size: WorkloadSize)

    /// Runs it and adds its results to the bench's report.
    ///
    /// - Throws: `BenchError` when something was lost, duplicated or wrong.
    func run(on bench: Bench) async throws

    /// What it consists of. A comparison alternates within each part, so that a machine that becomes slower meanwhile
    /// is slower for both sides.
    var parts: [any Workload] { get }
}

extension Workload {
    static var hasHub: Bool { true }
    static var takesHosts: Bool { false }
    static var isComparison: Bool { false }
    static var sequel: (any Workload.Type)? { nil }
    var parts: [any Workload] { [self] }
}

/// What the command line says in the place of a workload's own numbers.
struct WorkloadSize: Sendable {
    var inFlight: Int?
    var count: Int?
}
