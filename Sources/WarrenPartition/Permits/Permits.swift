package import Warren

/// The activities with limits, as one partition knows them. Empty, and without cost, where no activity has limits.
package struct Permits {
    /// By name.
    private var activities: [ExactText: ActivityPermits] = [:]
    /// The calls that were given up while workers may be busy with them, and the names of their activities: a late answer
    /// ends the wait for the worker. Those that are forgotten wait for the end of the worker's lease.
    private var abandoned: [PermitCall.Key: String] = [:]

    private static let mostAbandoned = 10_000

    package init() {}

    /// Takes over a row; `false` for the row of another kind.
    package mutating func restore(_ entry: HeldEntry) -> Bool {
        if let call = PermitSubject.call(entry.subject, id: entry.id) {
            let permits = make(call.activity)
            call.isGiven ? permits.give(call) : permits.wait(call)
            return true
        }
        guard let known = PermitSubject.limits(entry.subject) else { return false }
        let permits = make(known.activity)
        permits.restore(known, row: entry.id)
        return true
    }

    /// Whether no activity has limits, or a permit.
    package var isEmpty: Bool { activities.isEmpty }

    /// Whether a call of an activity needs a permit.
    package func isLimited(_ activity: String) -> Bool { activities[ExactText(activity)]?.limits != nil }

    package subscript(activity: String) -> ActivityPermits? { activities[ExactText(activity)] }

    /// The activities, in the order of their names.
    package var all: [ActivityPermits] { activities.values.sorted { $0.known.activity < $1.known.activity } }

    package mutating func make(_ activity: String) -> ActivityPermits {
        if let permits = activities[ExactText(activity)] { return permits }
        let permits = ActivityPermits(KnownLimits(activity: activity))
        activities[ExactText(activity)] = permits
        return permits
    }

    /// Forgets an activity of which nothing is known that is worth keeping.
    package mutating func drop(ifEmpty activity: String) {
        guard activities[ExactText(activity)]?.isEmpty == true else { return }
        activities[ExactText(activity)] = nil
    }

    // MARK: - Workers that may still be busy

    package mutating func abandon(_ key: PermitCall.Key, _ activity: String) {
        if abandoned.count >= Self.mostAbandoned { abandoned = [:] }
        abandoned[key] = activity
    }

    /// The activity of a call that was given up; once.
    package mutating func takeAbandoned(_ key: PermitCall.Key) -> String? {
        abandoned.isEmpty ? nil : abandoned.removeValue(forKey: key)
    }
}
