package struct TimerRow: Sendable, Hashable {
    package struct Key: Sendable, Hashable {
        package var instance: Int64
        package var generation: Int
        /// The timer's number in the execution; -1 for the scheduled start of the instance, -2 for an episode that an
        /// executor has, and numbers from -16 down for the time limits of activities.
        package var id: Int

        package init(instance: Int64, generation: Int, id: Int) {
            self.instance = instance
            self.generation = generation
            self.id = id
        }
    }

    package var key: Key
    package var fireAt: Timestamp

    package init(key: Key, fireAt: Timestamp) {
        self.key = key
        self.fireAt = fireAt
    }
}
