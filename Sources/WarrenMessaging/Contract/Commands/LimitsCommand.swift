package import Warren

/// Shows the limits of activities that a partition knows, after changing those of one activity.
///
/// Applied twice it changes nothing more, so it needs no message key.
package struct LimitsCommand: Sendable, Hashable {
    package enum Change: Sendable, Hashable {
        /// Sets what an operator chose, or what a host's code says, which an operator's choice overrides.
        case set(String, ActivityLimits, isOperators: Bool)
        /// Removes the limits of an activity: an operator's, and those of code.
        case clear(String)
    }

    package var change: Change?
    /// The partition.
    package var partition: Int
    package var context: CommandContext

    package init(_ change: Change?, partition: Int = 0, context: CommandContext = .init()) {
        self.change = change
        self.partition = partition
        self.context = context
    }
}
