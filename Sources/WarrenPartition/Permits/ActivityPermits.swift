package import Warren

/// The permits of one activity: the limits, the calls that wait, and the calls that have a permit. Pure, but a reference:
/// it lies in a table and is changed in place.
///
/// A permit counts from the moment it is given until the partition of its call has said, in a message that is kept until
/// it arrives, that the call has ended. So there are never more than the limit, whichever host has gone meanwhile. A call
/// that was given up while a worker may be busy with it keeps its permit for as long as that worker's lease.
package final class ActivityPermits {
    package private(set) var known: KnownLimits
    /// The number of the row of the limits; `nil` if there is none.
    package var limitsRow: Int64?
    private var queue = FairQueue()
    private var given: [PermitCall.Key: PermitCall] = [:]
    private var waiting: [PermitCall.Key: Int64] = [:]
    /// The calls that have ended while workers may be busy with them.
    private var busy: [PermitCall.Key: Timestamp] = [:]
    private var bucket: RateBucket
    /// The permits that were given since it was last the turn of the call that has waited longest.
    private var sinceOldest = 0
    /// The number of the row up to which holders of permits were asked whether they still need them.
    private var askedThrough: Int64 = 0
    private var askAt: Timestamp?

    /// The number of calls that may wait. Further ones fail.
    package static let mostWaiting = 1_000_000
    /// Every so many permits, one goes to the call that has waited longest, if its patience is over.
    private static let oldestTakes = 5
    /// The time after which holders of permits are asked whether they still need them, and how many at once.
    private static let askEvery = Duration.seconds(60)
    private static let mostAsked = 256

    package init(_ known: KnownLimits) {
        self.known = known
        bucket = RateBucket(paidUntil: known.paidUntil)
    }

    package var limits: ActivityLimits? { known.limits }
    package var waitingCount: Int { queue.count }
    package var givenCount: Int { given.count }
    package var oldest: Timestamp? { queue.oldest?.since }
    /// Whether nothing is known that is worth keeping.
    package var isEmpty: Bool { known.limits == nil && queue.isEmpty && given.isEmpty }

    // MARK: - Limits

    /// Takes over the row of the limits.
    package func restore(_ known: KnownLimits, row: Int64) {
        self.known = known
        limitsRow = row
        bucket = RateBucket(paidUntil: known.paidUntil)
    }

    /// Changes the limits. Permits that are given stay given, whatever the new limit is.
    ///
    /// - Returns: whether anything has changed.
    package func change(_ change: (inout KnownLimits) -> Void) -> Bool {
        let before = known
        change(&known)
        return known != before
    }

    // MARK: - Calls

    package enum Standing { case unknown, waits, given(PermitCall) }

    package func standing(of key: PermitCall.Key) -> Standing {
        if let call = given[key] { return .given(call) }
        return waiting[key] == nil ? .unknown : .waits
    }

    /// Whether no further call may wait.
    package var isFull: Bool { queue.count >= Self.mostWaiting }

    /// Adds a call that waits; calls come in the order of their numbers.
    package func wait(_ call: PermitCall) {
        waiting[call.key] = call.id
        queue.insert(call)
    }

    /// Adds a call that has a permit.
    package func give(_ call: PermitCall) {
        given[call.key] = call
        busy[call.key] = call.busyUntil
        queue.count(1, of: call.fairnessKey)
    }

    /// Takes the call that gets a permit now; `nil` if none may have one.
    package func next(now: Timestamp) -> PermitCall? {
        guard let oldest = queue.oldest, hasRoom else { return nil }
        var isOldest = false
        if let limits {
            if let rate = limits.rate {
                guard bucket.next(rate, now: now) <= now else { return nil }
                bucket.take(rate, now: now)
                known.paidUntil = bucket.paidUntil
            }
            isOldest =
                sinceOldest >= Self.oldestTakes - 1 && now.duration(since: oldest.since) >= limits.patience
        }
        guard let call = queue.next(isPatienceOver: isOldest) else { return nil }
        sinceOldest = isOldest ? 0 : min(sinceOldest + 1, Self.oldestTakes)
        waiting[call.key] = nil
        return call
    }

    private var hasRoom: Bool {
        guard let most = limits?.concurrency else { return true }
        return given.count < most
    }

    /// Forgets a call that has ended.
    ///
    /// - Parameter busyUntil: the time until which a worker may be busy with it.
    /// - Returns: the number of the row to remove, and the call in its place if its permit is kept for that time.
    package func end(
        _ key: PermitCall.Key, busyUntil: Timestamp?, now: Timestamp
    ) -> (row: Int64, kept: PermitCall?)? {
        if let id = waiting.removeValue(forKey: key) {
            queue.remove(id)
            return (id, nil)
        }
        guard var call = given[key] else { return nil }
        if let busyUntil, busyUntil > now {
            // A message that arrives twice does not prolong it.
            guard call.busyUntil == nil else { return nil }
            let row = call.id
            call.busyUntil = busyUntil
            return (row, call)
        }
        given[key] = nil
        busy[key] = nil
        queue.count(-1, of: call.fairnessKey)
        return (call.id, nil)
    }

    /// Replaces the row of a call that has a permit.
    package func replace(_ call: PermitCall) {
        guard given[call.key] != nil else { return }
        given[call.key] = call
        busy[call.key] = call.busyUntil
    }

    // MARK: - Time

    /// The calls for which the time of their workers is over.
    package func overdue(_ now: Timestamp) -> [PermitCall.Key] {
        busy.filter { $0.value <= now }.map(\.key).sorted { ($0.executionID, $0.taskID) < ($1.executionID, $1.taskID) }
    }

    /// Some of the calls that have had a permit for long, to be asked whether they still need it: the row of an instance
    /// that cannot be read ends without a word. Empty before it is time.
    package func toBeAsked(_ now: Timestamp) -> [PermitCall] {
        guard let askAt, askAt <= now else { return [] }
        self.askAt = nil
        let old = given.values.filter {
            $0.busyUntil == nil && $0.since <= now.advanced(by: .zero - Self.askEvery)
        }.sorted { $0.id < $1.id }
        var asked = Array(old.drop { $0.id <= askedThrough }.prefix(Self.mostAsked))
        if asked.isEmpty { asked = Array(old.prefix(Self.mostAsked)) }
        askedThrough = asked.last?.id ?? 0
        return asked
    }

    /// When the next permit may be given, or taken back, without a message: `nil` if not by time alone.
    package func nextAlarm(now: Timestamp) -> Timestamp? {
        if given.isEmpty {
            askAt = nil
        } else if askAt == nil {
            askAt = now.advanced(by: Self.askEvery)
        }
        var times = [askAt, busy.values.min()].compactMap { $0 }
        if !queue.isEmpty, hasRoom { times.append(limits?.rate.map { bucket.next($0, now: now) } ?? now) }
        return times.min()
    }
}
