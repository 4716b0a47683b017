import HeapModule
package import Warren
package import WarrenMessaging

/// The destinations that accept nothing at present, and the rows of the outbox that wait for each. Pure: it decides,
/// and its owner sends and reads.
///
/// A destination is parked when a message for it is refused or returned. Its messages leave the window, so that
/// everything else continues at full speed; they are in the store, and only the numbers of their rows are kept here.
/// From time to time one of them is sent, alone. When it is accepted, the others follow in order, a few at first and
/// more with each that is confirmed, and later ones stay behind them.
package struct OutboxParking {
    /// The target of messages, in the detail that decides whether they can arrive.
    package struct Destination: Hashable, Comparable, Sendable, CustomStringConvertible {
        package var exchange: String
        /// The routing key; `nil` stands for any key.
        package var key: String?

        package init(exchange: String, key: String? = nil) {
            self.exchange = exchange
            self.key = key
        }

        package var description: String {
            switch (exchange.isEmpty, key) {
            case (true, let key?): "queue '\(key)'"
            case (true, nil): "the default exchange"
            case (false, let key?): "exchange '\(exchange)' with key '\(key)'"
            case (false, nil): "exchange '\(exchange)'"
            }
        }

        package static func < (left: Destination, right: Destination) -> Bool {
            (left.exchange, left.key ?? "") < (right.exchange, right.key ?? "")
        }
    }

    /// The reason why a destination accepts nothing.
    package enum Cause: Sendable {
        /// A queue is full, or broken.
        case full
        /// There is no queue.
        case missing
        /// The host has no permission to publish there.
        case denied
    }

    /// A row that may be sent now.
    package struct Turn {
        package var destination: Destination
        package var row: Int64
        /// Whether its messages are given up rather than sent.
        package var isFailing: Bool
    }

    private enum Phase {
        case waiting, probing, open, failing
    }

    private struct Place {
        var cause: Cause
        var reason: String
        var since: Timestamp
        /// The time for which messages for the destination are kept before they are given up; `nil` for no limit.
        let patience: Duration?
        /// How much of it has passed.
        var waited = Duration.zero
        /// The pause until the next probe, and its beginning.
        var pause = Duration.zero
        var pausedAt: Timestamp
        var attempt = 1
        var phase = Phase.waiting
        var rows = Heap<Int64>()
        /// The number of messages that may be on their way while the destination is open.
        var allowance = 0
        var inFlight = 0

        /// The lowest row that waits; above all row numbers if none does.
        var firstRow: Int64 { rows.min ?? .max }

        var probeAt: Timestamp { pausedAt.advanced(by: pause) }

        /// Whether messages for the destination may be given up.
        var isPatienceOver: Bool { patience.map { $0 <= waited } ?? false }

        /// Begins the pause before the next probe: a missing queue may be created at any moment and a full one may have
        /// room soon, but permissions are seldom granted.
        mutating func wait(_ now: Timestamp, jitter: Double) {
            phase = .waiting
            let (first, most): (Double, Double) =
                switch cause {
                case .full: (250, 5_000)
                case .missing: (50, patience == nil ? 30_000 : 2_000)
                case .denied: (5_000, 60_000)
                }
            let base = min(most, first * Double(1 << min(max(0, attempt - 1), 10)))
            pause = .milliseconds(Int(base * (1 + jitter / 2)))
            if cause == .missing, let patience, !isPatienceOver { pause = min(pause, patience - waited) }
            pausedAt = now
        }

        /// Counts the pause that has ended. A clock that is put forward meanwhile makes it no longer.
        mutating func countPause(_ now: Timestamp) {
            waited += min(pause, max(.zero, now.duration(since: pausedAt)))
        }

        /// Whether a row may be sent, or given up.
        var hasTurn: Bool { !rows.isEmpty && (phase == .failing || (phase == .open && inFlight < allowance)) }
    }

    private var places: [Destination: Place] = [:]

    /// The number of destinations that can be parked at once. Messages for further ones are sent again from memory.
    package static let mostPlaces = 10_000
    private static let firstAllowance = 8

    package init() {}

    package var isEmpty: Bool { places.isEmpty }

    /// The state of a parked destination, for people.
    package struct Report: Sendable {
        package var destination: Destination
        package var reason: String
        package var since: Timestamp
        package var rows: Int
    }

    /// Reports on some of the destinations, for people.
    package var report: [Report] {
        if places.isEmpty { return [] }
        return places.prefix(100).map {
            Report(
                destination: $0.key, reason: $0.value.reason, since: $0.value.since, rows: $0.value.rows.count)
        }
    }

    /// When the next probe is due.
    package func nextProbe(_ now: Timestamp) -> Timestamp? {
        let next = places.values.lazy.filter { $0.phase == .waiting && !$0.rows.isEmpty }.map(\.probeAt)
        return next.contains { Self.isDue($0, now) } ? now : next.min()
    }

    /// Whether a probe is due. It also is if the time until then exceeds every pause: then the clock was put back.
    private static func isDue(_ probeAt: Timestamp, _ now: Timestamp) -> Bool {
        probeAt <= now || now.advanced(by: longestPause) < probeAt
    }

    private static let longestPause = Duration.seconds(90)

    /// Whether a destination waits for a probe.
    package var hasWaiting: Bool {
        places.values.contains { $0.phase == .waiting && !$0.rows.isEmpty }
    }

    /// Whether ``nextRow()`` has a row to give.
    package var hasTurns: Bool {
        places.values.contains(where: \.hasTurn)
    }

    /// The parked destination that a message is for.
    package func place(of message: OutboxMessage) -> Destination? {
        if places.isEmpty { return nil }
        let whole = Destination(exchange: message.exchange)
        if places[whole] != nil { return whole }
        let exact = Destination(exchange: message.exchange, key: message.routingKey)
        return places[exact] != nil ? exact : nil
    }

    /// Whether a parked destination takes nothing at present: it was not opened by a probe.
    package func isShut(_ destination: Destination) -> Bool {
        switch places[destination]?.phase {
        case .waiting, .probing: true
        case .open, .failing, nil: false
        }
    }

    /// Notes that a row has messages that wait for a parked destination.
    package mutating func wait(_ row: Int64, for destination: Destination) {
        places[destination]?.rows.insert(row)
    }

    /// Notes that a message was refused.
    ///
    /// - Parameters:
    ///   - patience: the time for which messages for the destination are kept before they are given up; `nil` for no
    ///     limit.
    ///   - jitter: a number from 0 to 1.
    /// - Returns: whether the destination was not parked before; `nil` if there is no room for it.
    package mutating func refuse(
        _ destination: Destination, _ cause: Cause, _ reason: String, patience: Duration?, now: Timestamp,
        jitter: Double
    ) -> Bool? {
        guard var place = places[destination] else {
            guard places.count < Self.mostPlaces else { return nil }
            var place = Place(cause: cause, reason: reason, since: now, patience: patience, pausedAt: now)
            place.wait(now, jitter: jitter)
            places[destination] = place
            return true
        }
        if place.phase == .open {
            place.inFlight -= 1
            // The others that were on their way at the same time are returned as well; that counts once.
            place.cause = cause
            place.reason = reason
            place.wait(now, jitter: jitter)
            places[destination] = place
        }
        return false
    }

    /// Takes the first row of a destination with a probe that is due. The caller calls `probeAccepted` or `probeRefused`
    /// next.
    package mutating func dueProbe(_ now: Timestamp) -> Turn? {
        let due = places.lazy.filter {
            $0.value.phase == .waiting && !$0.value.rows.isEmpty && Self.isDue($0.value.probeAt, now)
        }
        .min { ($0.value.probeAt, $0.value.firstRow, $0.key) < ($1.value.probeAt, $1.value.firstRow, $1.key) }
        guard let destination = due?.key, let row = popRow(of: destination) else { return nil }
        places[destination]?.phase = .probing
        return Turn(destination: destination, row: row, isFailing: false)
    }

    /// Notes that a probe was refused. When the patience with the destination has run out, the rows that wait for it
    /// are given up.
    package mutating func probeRefused(
        _ destination: Destination, _ cause: Cause?, _ reason: String?, now: Timestamp, jitter: Double
    ) {
        guard var place = places[destination] else { return }
        place.attempt += 1
        if let cause { place.cause = cause }
        if let reason { place.reason = reason }
        place.countPause(now)
        if place.cause == .missing, place.isPatienceOver {
            place.phase = .failing
        } else {
            place.wait(now, jitter: jitter)
        }
        places[destination] = place
    }

    /// Notes that a probe was accepted, or that its row is gone: the others may follow.
    package mutating func probeAccepted(_ destination: Destination) {
        places[destination]?.phase = .open
        places[destination]?.waited = .zero
        places[destination]?.attempt = 0
        places[destination]?.allowance = Self.firstAllowance
        places[destination]?.inFlight = 0
        removeIfDone(destination)
    }

    /// Takes the next row that may be sent, or given up.
    package mutating func nextRow() -> Turn? {
        // The oldest row is first: the order of a dictionary would give a different one in every process.
        let next = places.lazy.filter { $0.value.hasTurn }.min {
            ($0.value.firstRow, $0.key) < ($1.value.firstRow, $1.key)
        }
        guard let (destination, place) = next, let row = popRow(of: destination) else { return nil }
        return Turn(destination: destination, row: row, isFailing: place.phase == .failing)
    }

    /// Notes that messages of a row from `nextRow` are on their way.
    package mutating func sent(_ count: Int, to destination: Destination) {
        places[destination]?.inFlight += count
        removeIfDone(destination)
    }

    /// Notes that a message for an open destination is confirmed, or will not be.
    package mutating func settled(_ destination: Destination, isConfirmed: Bool) {
        guard places[destination]?.phase == .open else { return }
        places[destination]?.inFlight -= 1
        if isConfirmed { places[destination]?.allowance += 1 }
        removeIfDone(destination)
    }

    private mutating func removeIfDone(_ destination: Destination) {
        guard let place = places[destination], place.rows.isEmpty else { return }
        switch place.phase {
        case .open where place.inFlight <= 0, .failing: places[destination] = nil
        default: break
        }
    }

    /// Removes the lowest row and returns it; a row that was put in several times is returned once.
    private mutating func popRow(of destination: Destination) -> Int64? {
        guard let row = places[destination]?.rows.popMin() else { return nil }
        while places[destination]?.rows.min == row { _ = places[destination]?.rows.popMin() }
        return row
    }
}
