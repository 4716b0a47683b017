import WarrenSupport

#if canImport(FoundationEssentials)
public import FoundationEssentials
#else
public import Foundation
#endif

/// An orchestration that is started again and again: every so often, or at times as cron has them.
///
/// A hub keeps it under an ID, as an instance of its own that waits on durable timers (see <doc:Schedules>).
public struct Schedule: Sendable, Hashable {
    /// The times at which it is due.
    public enum Timing: Sendable, Hashable {
        /// Every so often, at least a second, counted from ``Schedule/start``, or else from the schedule's creation; then
        /// the first time is one interval later.
        case every(Duration)
        /// The five fields of cron, in a time zone by its IANA name such as `Europe/Berlin`.
        case cron(String, timeZone: String = "UTC")
    }

    /// What happens for due times that passed while no host could act.
    public enum CatchUp: Sendable, Hashable {
        /// Nothing, if the time passed more than a minute ago.
        case none
        /// One run, for the last of them.
        case one
        /// A run for each, the last ones if there are more than a number of them, 1 to 100.
        case all(atMost: Int)
    }

    /// What happens at a due time while the run before it is under way.
    public enum Overlap: String, Sendable, Hashable, CaseIterable, Codable {
        /// Nothing.
        case skip
        /// Another run beside it.
        case allow
        /// One run as soon as it has ended; further due times are skipped.
        case queue
        /// It is terminated, and the next run begins.
        case terminate
    }

    /// The orchestration's name.
    public var orchestration: String
    /// The input of every run.
    public var input: Payload
    /// The times at which it is due.
    public var timing: Timing
    /// The time before which it is not due.
    public var start: Date?
    /// The time after which it is not due any more; the schedule ends then.
    public var end: Date?
    /// What happens for due times that passed while no host could act.
    public var catchUp: CatchUp
    /// What happens at a due time while the run before it is under way.
    public var overlap: Overlap
    /// Whether it is paused when it is created. An update does not look at it.
    public var isPaused: Bool

    /// A schedule of an orchestration by name.
    public init(
        named orchestration: String, input: Payload = .null, _ timing: Timing, start: Date? = nil, end: Date? = nil,
        catchUp: CatchUp = .one, overlap: Overlap = .skip, isPaused: Bool = false
    ) {
        self.orchestration = orchestration
        self.input = input
        self.timing = timing
        self.start = start
        self.end = end
        self.catchUp = catchUp
        self.overlap = overlap
        self.isPaused = isPaused
    }

    /// A schedule of an orchestration.
    ///
    /// - Throws: `WarrenError` with code `payloadNotEncodable`.
    public init<Input, Output>(
        _ orchestration: Orchestration<Input, Output>, _ input: Input, _ timing: Timing, start: Date? = nil,
        end: Date? = nil, catchUp: CatchUp = .one, overlap: Overlap = .skip, isPaused: Bool = false,
        with codec: any PayloadCodec = JSONPayloadCodec()
    ) throws {
        self.init(
            named: orchestration.name, input: try orchestration.encodeInput(input, with: codec), timing, start: start,
            end: end, catchUp: catchUp, overlap: overlap, isPaused: isPaused)
    }

    /// Checks all members.
    package func check() throws(ScheduleProblem) {
        if let problem = NameRules.problem(name: orchestration) { throw ScheduleProblem("orchestration: \(problem)") }
        if case .all(let count) = catchUp, !(1...100).contains(count) {
            throw ScheduleProblem("catchUpLimit is \(count); it must be from 1 to 100")
        }
        if let start, let end, end <= start { throw ScheduleProblem("end is not after start") }
        _ = try times()
    }
}
