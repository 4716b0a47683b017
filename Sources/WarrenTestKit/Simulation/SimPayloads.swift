/// The rules of a hub with a payload folder in a simulation.
///
/// The threshold is so low that the inputs, results, events and outputs of ordinary programs are on both sides of it.
package struct SimPayloads: Sendable {
    /// The size in bytes above which a payload goes into the folder.
    package var threshold: Int
    /// The size in bytes above which the body of a message from outside goes through the intake for large ones.
    package var intakeBytes = 256
    /// The ages at which ended instances are removed, in microseconds; `nil` to keep them.
    package var retention: Int64?
    /// The roots that clients without the folder start: their inputs come whole.
    package var whole: Set<Int> = []
    /// The time after which nothing is left in the folder that no row names, in microseconds: a week, for which the hub
    /// remembers messages, and two days of sweeps.
    static let patience: Int64 = 9 * day
    static let day: Int64 = 86_400_000_000

    package init(threshold: Int) {
        self.threshold = threshold
    }
}
