package import Warren

/// A schedule that clients create in a simulation. It is due every so often until its end, so that it completes.
package struct SimSchedule: Sendable, Hashable {
    /// A command to the schedule.
    package enum Command: String, Sendable, Hashable {
        case trigger, pause, resume
    }

    package struct Timed: Sendable, Hashable {
        package var at: Int64
        package var command: Command
    }

    package var id: String
    /// The time of its start message, in microseconds.
    package var at: Int64
    /// The interval in microseconds.
    package var every: Int64
    /// The time of the world after which it is not due, in microseconds.
    package var end: Int64
    package var overlap: Schedule.Overlap
    package var catchUp: Schedule.CatchUp
    /// The program of every run.
    package var ops: [SimOp]
    package var commands: [Timed]
    /// The overlap rule with which it is created, if it is another one than it claims to have: for a planted bug.
    package var plantedOverlap: Schedule.Overlap?

    /// Whether it may be paused: then not every due time counts, and runs from before the pause are not waited for.
    var isPaused: Bool { commands.contains { $0.command == .pause } }

    /// The ID of the instance that keeps it.
    var instanceID: String { ScheduleKeeper.instanceID(of: id) }

    /// The time of the world at its beginning, in microseconds since 1970.
    static let beginning: Int64 = 1_893_499_200_000_000

    var schedule: Schedule {
        Schedule(
            named: SimProgram.name, input: SimProgram.input(ops), .every(.microseconds(every)),
            end: Timestamp(microseconds: Self.beginning + end).date, catchUp: catchUp,
            overlap: plantedOverlap ?? overlap)
    }
}
