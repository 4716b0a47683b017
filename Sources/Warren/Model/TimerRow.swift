/// A timer of an instance.
public struct TimerRow: Sendable, Hashable {
    /// The key of a timer: a number in one generation of an instance.
    public struct Key: Sendable, Hashable {
        /// The key of the instance.
        public var instance: Int64
        /// The generation that the timer belongs to.
        public var generation: Int
        /// The timer's number in the execution; -1 for the scheduled start of the instance, -2 for an episode that an
        /// executor has, and numbers from -16 down for the time limits of activities.
        public var id: Int

        /// The key of a timer.
        public init(instance: Int64, generation: Int, id: Int) {
            self.instance = instance
            self.generation = generation
            self.id = id
        }
    }

    /// The key, which no other timer has.
    public var key: Key
    /// The time at which the timer fires.
    public var fireAt: Timestamp

    /// A timer.
    public init(key: Key, fireAt: Timestamp) {
        self.key = key
        self.fireAt = fireAt
    }
}
