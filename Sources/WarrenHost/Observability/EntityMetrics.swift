import CoreMetrics
import WarrenSupport

/// The metrics of the entities of one name that run here.
struct EntityMetrics: Sendable {
    private let completed, failed: Timer
    private let takenOut: Counter

    init(_ factory: any MetricsFactory, _ hub: String, _ name: String) {
        completed = MetricTable.operationDuration.timer(factory, hub, name, "completed")
        failed = MetricTable.operationDuration.timer(factory, hub, name, "failed")
        takenOut = MetricTable.operationsTakenOut.counter(factory, hub, name)
    }

    /// Notes an operation that has run.
    func ended(failed isFailed: Bool, nanoseconds: Int64) {
        (isFailed ? failed : completed).recordNanoseconds(nanoseconds)
    }

    /// Notes an operation that does not run any more, because processes died while it ran.
    func tookOut() { takenOut.increment() }
}
