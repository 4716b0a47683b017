import AMQPMessages
import CoreMetrics
import Warren
import WarrenMessaging
import WarrenPartition
import WarrenSupport

/// The metrics of a host, made once and kept: nothing is made while it works.
///
/// A name that is registered with the host is a value of a label; all other names count as `other`.
final class HostMetrics: Sendable {
    /// Metrics that nobody sees.
    static let none = HostMetrics(
        NOOPMetricsHandler.instance, hub: "none", partitionCount: 1, orchestrations: [], activities: [])

    /// The value of a label for all names that are not registered.
    static let otherName = "other"

    let factory: any MetricsFactory
    /// Whether anybody collects metrics: without, nothing is looked up for them.
    private let isCollected: Bool
    let hub: String
    /// Whether partitions have journals.
    let hasJournals: Bool
    let timerLateness: Timer
    private let orchestrations: [String: OrchestrationMetrics]
    private let otherOrchestration: OrchestrationMetrics
    private let activities: [String: ActivityMetrics]
    private let otherActivity: ActivityMetrics
    private let entities: [String: EntityMetrics]
    private let otherEntity: EntityMetrics
    private let deadExchange: String?
    private let deadLetters: [String: Counter]
    private let otherDeadLetters: Counter
    private let outboxRetries, directRetries: Counter
    private let partitions, slots, slotsUsed, slotsLeased: Meter

    /// - Parameters:
    ///   - orchestrations: the names that are registered.
    ///   - activities: the names that are registered, and those of activities that run elsewhere.
    ///   - entities: the names that are registered, in lower case.
    init(
        _ factory: any MetricsFactory, hub: String, names: TaskHubName? = nil, partitionCount: Int,
        hasJournals: Bool = false, orchestrations: [String], activities: [String], entities: [String] = []
    ) {
        self.factory = factory
        isCollected = !(factory is NOOPMetricsHandler)
        self.hub = hub
        self.hasJournals = hasJournals
        let other = OrchestrationMetrics(factory, hub, Self.otherName)
        otherOrchestration = other
        self.orchestrations = Dictionary(
            orchestrations.map { ($0, $0 == Self.otherName ? other : OrchestrationMetrics(factory, hub, $0)) }
        ) { first, _ in first }
        let otherActivity = ActivityMetrics(factory, hub, Self.otherName)
        self.otherActivity = otherActivity
        self.activities = Dictionary(
            activities.map { ($0, $0 == Self.otherName ? otherActivity : ActivityMetrics(factory, hub, $0)) }
        ) { first, _ in first }
        let otherEntity = EntityMetrics(factory, hub, Self.otherName)
        self.otherEntity = otherEntity
        self.entities = Dictionary(
            entities.map { ($0, $0 == Self.otherName ? otherEntity : EntityMetrics(factory, hub, $0)) }
        ) { first, _ in first }
        timerLateness = MetricTable.timerLateness.timer(factory, hub)
        deadExchange = names?.deadExchange
        deadLetters = Dictionary(
            Refusal.Reason.allCases.map { ($0.rawValue, MetricTable.deadLetters.counter(factory, hub, $0.rawValue)) }
        ) { first, _ in first }
        otherDeadLetters = MetricTable.deadLetters.counter(factory, hub, Self.otherName)
        outboxRetries = MetricTable.publishRetries.counter(factory, hub, "outbox")
        directRetries = MetricTable.publishRetries.counter(factory, hub, "direct")
        let partitions = MetricTable.partitions.gauge(factory, hub)
        partitions.set(partitionCount)
        self.partitions = partitions
        slots = MetricTable.activitySlots.gauge(factory, hub)
        slotsUsed = MetricTable.activitySlotsUsed.gauge(factory, hub)
        slotsLeased = MetricTable.activitySlotsLeased.gauge(factory, hub)
    }

    // MARK: - Orchestrations

    /// Notes an episode: where its orchestrator came from, how long it took, and what it repeats.
    func episode(_ request: EpisodeRequest, _ outcome: EpisodeOutcome?, since start: ContinuousClock.Instant) {
        guard isCollected else { return }
        let metrics = orchestrations[request.name] ?? otherOrchestration
        metrics.ran(isWarm: request.session != nil, replayed: request.history.count)
        // The time of an executor that answers later is not the partition's.
        guard let outcome else { return }
        metrics.duration.recordNanoseconds(start.nanosecondsAgo)
        for case .scheduleTask(_, let name, _, let terms) in outcome.actions where terms.retryOf != nil {
            activity(name).retries.increment()
        }
    }

    func instanceFailed(_ orchestration: String) {
        (orchestrations[orchestration] ?? otherOrchestration).failed.increment()
    }

    // MARK: - Activities

    func activity(_ name: String) -> ActivityMetrics {
        isCollected ? activities[name] ?? otherActivity : otherActivity
    }

    /// Shows what a partition of this host gives out for an activity with limits. Names that are not known share a label, so
    /// nothing is shown of them: several numbers cannot be one.
    func permits(of name: String, waiting: Int, given: Int) { activities[name]?.note(waiting: waiting, given: given) }

    // MARK: - Entities

    /// - Parameter name: the entity's name, in lower case.
    func entity(_ name: String) -> EntityMetrics { entities[name] ?? otherEntity }

    /// Shows the places in which activities run.
    func show(_ places: @autoclosure () -> ActivitySlots.Places) {
        guard isCollected else { return }
        let places = places()
        slots.set(places.all)
        slotsUsed.set(places.used)
        slotsLeased.set(places.leased)
    }

    // MARK: - Messages

    /// Counts the dead letters among messages that are about to be sent.
    func countDeadLetters(_ messages: [OutboundMessage]) {
        guard deadExchange != nil else { return }
        for message in messages { countDeadLetter(message) }
    }

    /// Counts the dead letters among messages that are about to be sent.
    func countDeadLetters(_ messages: [OutboxMessage]) {
        guard deadExchange != nil else { return }
        for message in messages where message.exchange == deadExchange { countDeadLetter(message.encoded) }
    }

    private func countDeadLetter(_ message: OutboundMessage) {
        guard message.exchange == deadExchange else { return }
        (deadLetters[message.routingKey] ?? otherDeadLetters).increment()
    }

    func outboxRetried(_ count: Int) { outboxRetries.increment(by: count) }

    func directRetried(_ count: Int) { directRetries.increment(by: count) }
}
