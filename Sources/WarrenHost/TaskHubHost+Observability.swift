import Synchronization
import Warren
import WarrenMessaging

/// What a host shows of itself.
extension TaskHubHost {
    /// The life of a host, as far as it matters to those who look.
    enum Phase: Sendable {
        case starting
        case running(HostOverview)
        case ended
    }

    /// Whether the host can do its work at present, with the reasons. It waits for nothing, and asks neither the broker
    /// nor a disk.
    public var health: HostHealth {
        switch phase.withLock({ $0 }) {
        case .starting: HostHealth(checks: [.init("host", false, "The host is starting.")])
        case .running(let overview): overview.health
        case .ended: HostHealth(checks: [.init("host", false, "The host has ended.")])
        }
    }

    /// Sets the metrics that are only known when somebody looks: the age of the oldest message that is not confirmed, the
    /// sizes of files, the places in which activities run, who owns what, and what is still going on, such as a broker's
    /// alarm.
    ///
    /// Call it before the host's metrics are read: by a back end that is asked for them, when it is asked; by one that
    /// sends them, when it is about to. It takes some microseconds for each partition, and looks at each file's size.
    public func recordGauges() {
        guard case .running(let overview) = phase.withLock({ $0 }) else { return }
        overview.recordGauges(at: environment.clock.now)
    }

    /// Makes the host's metrics. The functions are registered by now.
    func makeMetrics() -> HostMetrics {
        HostMetrics(
            configuration.metricsFactory, hub: configuration.hub, names: names,
            partitionCount: configuration.partitionCount, hasJournals: configuration.storage.durability == .journal,
            orchestrations: functions.orchestrationNames,
            activities: configuration.activities.foreign.union(functions.activityNames)
                .union(functions.limits.map(\.activity)).sorted())
    }
}
