import AMQPMessages
package import CoreMetrics
import Synchronization
import WarrenSupport

/// The metrics of a session, made once and kept.
package final class ConnectionMetrics: Sendable {
    /// Metrics that nobody sees.
    package static let none = ConnectionMetrics(NOOPMetricsHandler.instance, owner: "none", connection: "none")

    private let confirmed, returned, refused, invalid, tooLarge, rejected, unknown: Counter
    private let confirmDuration: Timer
    private let deliveries: Counter
    private let connections: Meter
    private let lost: Counter
    private let reconnects: Counter
    private let blocked: Meter
    private let blockedSeconds: FloatingPointCounter
    /// The time up to which the present block is counted; `nil` while there is none.
    private let countedUntil = Mutex<ContinuousClock.Instant?>(nil)

    /// Makes the metrics of a session.
    ///
    /// - Parameters:
    ///   - owner: the part of the program that has the session: the value of a label.
    ///   - connection: the purpose of the session: the value of a label.
    package init(_ factory: any MetricsFactory, owner: String, connection: String) {
        func publishes(_ outcome: String) -> Counter {
            MetricTable.publishes.counter(factory, owner, connection, outcome)
        }
        confirmed = publishes("confirmed")
        returned = publishes("returned")
        refused = publishes("refused")
        invalid = publishes("invalid")
        tooLarge = publishes("too_large")
        rejected = publishes("rejected")
        unknown = publishes("unknown")
        confirmDuration = MetricTable.confirmDuration.timer(factory, owner, connection)
        deliveries = MetricTable.deliveries.counter(factory, owner, connection)
        connections = MetricTable.connections.gauge(factory, owner, connection)
        lost = MetricTable.connectionsLost.counter(factory, owner, connection)
        reconnects = MetricTable.reconnects.counter(factory, owner, connection)
        blocked = MetricTable.blocked.gauge(factory, owner, connection)
        blockedSeconds = MetricTable.blockedSeconds.seconds(factory, owner, connection)
    }

    /// Counts the outcomes of messages that were handed over at a time.
    ///
    /// - Returns: the fault of the channel, if the outcomes show one.
    func published(_ outcomes: [PublishOutcome], since start: ContinuousClock.Instant) -> Symptom? {
        var arrived = 0
        var nacked = 0
        var isUnconfirmed = false
        for outcome in outcomes {
            switch outcome {
            case .confirmed: arrived += 1
            case .refused: nacked += 1
            case .returned: returned.increment()
            case .invalid: invalid.increment()
            case .tooLarge: tooLarge.increment()
            case .rejected: rejected.increment()
            case .unconfirmed:
                isUnconfirmed = true
                unknown.increment()
            case .unknown: unknown.increment()
            }
        }
        if arrived > 0 { confirmed.increment(by: arrived) }
        if nacked > 0 { refused.increment(by: nacked) }
        confirmDuration.recordNanoseconds(start.nanosecondsAgo)
        return isUnconfirmed ? .unconfirmed : nacked > 0 ? .refused : nil
    }

    /// A fault of a channel that the outcomes of its messages show.
    enum Symptom {
        /// A queue refused one of them.
        case refused
        /// The broker did not confirm one of them.
        case unconfirmed
    }

    func delivered(_ count: Int) { deliveries.increment(by: count) }

    func opened() { connections.increment() }

    /// Counts the planned end of an open connection.
    func closed() {
        unblocked()
        connections.decrement()
    }

    func wasLost() {
        closed()
        lost.increment()
    }

    func reconnected() {
        opened()
        reconnects.increment()
    }

    func wasBlocked() {
        let isNew = countedUntil.withLock { since in
            defer { since = since ?? .now }
            return since == nil
        }
        if isNew { blocked.increment() }
    }

    func unblocked() {
        let seconds = countedUntil.withLock { since in since.take().map { (.now - $0).inSeconds } }
        guard let seconds else { return }
        blockedSeconds.increment(by: seconds)
        blocked.decrement()
    }

    /// Counts the part of a block that has passed so far.
    package func collect() {
        let seconds = countedUntil.withLock { since -> Double? in
            guard let start = since else { return nil }
            let now = ContinuousClock.now
            since = now
            return (now - start).inSeconds
        }
        if let seconds { blockedSeconds.increment(by: seconds) }
    }
}
