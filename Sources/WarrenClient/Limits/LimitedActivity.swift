public import Warren

/// The limits of an activity, and what waits for them.
public struct LimitedActivity: Sendable, Hashable, Codable {
    /// The activity's name.
    public var activity: String
    /// The limits that count; `nil` if they were removed while calls waited.
    public var limits: ActivityLimits?
    /// Whether an operator has set them, so that what the code of hosts says does not count.
    public var isSetByOperator: Bool
    /// The number of calls that wait for a permit.
    public var waiting: Int
    /// The number of permits that calls have.
    public var running: Int
    /// The time since which the call waits that has waited longest; `nil` if none waits.
    public var oldest: Timestamp?

    /// The limits of an activity.
    public init(
        activity: String, limits: ActivityLimits?, isSetByOperator: Bool = false, waiting: Int = 0, running: Int = 0,
        oldest: Timestamp? = nil
    ) {
        self.activity = activity
        self.limits = limits
        self.isSetByOperator = isSetByOperator
        self.waiting = waiting
        self.running = running
        self.oldest = oldest
    }
}
