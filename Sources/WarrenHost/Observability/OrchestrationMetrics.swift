import CoreMetrics
import WarrenSupport

/// The metrics of the orchestrations of one name.
struct OrchestrationMetrics: Sendable {
    let duration: Timer
    let failed: Counter
    private let warm, replayed, new: Counter
    private let replayedEvents: Counter

    init(_ factory: any MetricsFactory, _ hub: String, _ name: String) {
        duration = MetricTable.episodeDuration.timer(factory, hub, name)
        failed = MetricTable.instancesFailed.counter(factory, hub, name)
        warm = MetricTable.episodes.counter(factory, hub, name, "warm")
        replayed = MetricTable.episodes.counter(factory, hub, name, "replay")
        new = MetricTable.episodes.counter(factory, hub, name, "new")
        replayedEvents = MetricTable.replayedEvents.counter(factory, hub, name)
    }

    /// Counts an episode.
    ///
    /// - Parameters:
    ///   - isWarm: whether the orchestrator was in memory.
    ///   - replayed: the number of events of its history that rebuild it.
    func ran(isWarm: Bool, replayed count: Int) {
        if isWarm {
            warm.increment()
        } else if count > 0 {
            replayed.increment()
            replayedEvents.increment(by: count)
        } else {
            new.increment()
        }
    }
}
