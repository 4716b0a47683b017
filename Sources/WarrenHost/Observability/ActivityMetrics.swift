import CoreMetrics
import WarrenSupport

/// The metrics of the activities of one name: of those that run here, and of calls by orchestrators that run here.
struct ActivityMetrics: Sendable {
    let completed, failed, returned, canceled: Timer
    let retries: Counter
    let silent, givenBack: Counter
    private let permitsWaiting, permitsGiven: Meter

    init(_ factory: any MetricsFactory, _ hub: String, _ name: String) {
        completed = MetricTable.activityDuration.timer(factory, hub, name, "completed")
        failed = MetricTable.activityDuration.timer(factory, hub, name, "failed")
        returned = MetricTable.activityDuration.timer(factory, hub, name, "returned")
        canceled = MetricTable.activityDuration.timer(factory, hub, name, "canceled")
        retries = MetricTable.activityRetries.counter(factory, hub, name)
        silent = MetricTable.dispatchedAgain.counter(factory, hub, name, "silent")
        givenBack = MetricTable.dispatchedAgain.counter(factory, hub, name, "returned")
        permitsWaiting = MetricTable.permitsWaiting.gauge(factory, hub, name)
        permitsGiven = MetricTable.permitsGiven.gauge(factory, hub, name)
    }

    /// Notes what a partition of this host gives out for an activity with limits.
    func note(waiting: Int, given: Int) {
        permitsWaiting.set(waiting)
        permitsGiven.set(given)
    }
}
