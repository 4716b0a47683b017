import Warren

/// What a partition has to do, as of its last round.
struct PartitionLoad: Sendable {
    var outboxRows = 0
    var parkedRows = 0
    var held = 0
    /// The time at which the oldest row of the outbox was written.
    var oldestRow: Timestamp?
    var takesIntake = true
    var firesTimers = true
}
