import WarrenSupport

/// The time limits of a call of an activity. Each is optional, more than zero, and counted on the clock of the host that
/// owns the calling instance, to the microsecond.
///
/// A limit that runs out fails the call, or one attempt of it, with a ``TaskFailure``: its ``TaskFailure/timeout`` names
/// the limit. The limits are durable: they hold over crashes and moves of the instance, and nothing polls for them.
///
/// ```swift
/// let report = try await context.call(
///     Reports.render, month, timeout: ActivityTimeouts(scheduleToStart: .minutes(5), heartbeat: .seconds(30)))
/// let rate = try await context.call(Rates.fetch, "EUR", timeout: .seconds(20))      // the total
/// ```
public struct ActivityTimeouts: Sendable, Hashable {
    // Four integers instead of four optional durations: the value is an argument of every call.
    private var waiting: Int64 = 0
    private var running: Int64 = 0
    private var silent: Int64 = 0
    private var whole: Int64 = 0

    /// Limits; a call without any has none.
    public init(
        scheduleToStart: Duration? = nil, startToClose: Duration? = nil, heartbeat: Duration? = nil,
        total: Duration? = nil
    ) {
        self.scheduleToStart = scheduleToStart
        self.startToClose = startToClose
        self.heartbeat = heartbeat
        self.total = total
    }

    /// No limits.
    public static let none = ActivityTimeouts()

    /// Whether there is no limit.
    public var isEmpty: Bool { self == .none }

    /// The time that an attempt may wait for a worker to begin with it. It is not tried again when that runs out: the
    /// next attempt would wait in the same queue.
    public var scheduleToStart: Duration? {
        get { Self.duration(waiting) }
        set { waiting = Self.stored(newValue) }
    }

    /// The time that one attempt may take from its beginning on a worker to its answer.
    public var startToClose: Duration? {
        get { Self.duration(running) }
        set { running = Self.stored(newValue) }
    }

    /// The time that may pass between two heartbeats of the activity's code (``ActivityContext/heartbeat()``), and
    /// between its beginning and the first: at least a second. A worker that dies is noticed by it, too: the attempt
    /// fails then, instead of being given to another worker.
    public var heartbeat: Duration? {
        get { Self.duration(silent) }
        set { silent = Self.stored(newValue) }
    }

    /// The time from the call to its last answer: all attempts of its retry policy and the delays between them.
    public var total: Duration? {
        get { Self.duration(whole) }
        set { whole = Self.stored(newValue) }
    }

    private static func duration(_ stored: Int64) -> Duration? { stored == 0 ? nil : .microseconds(stored) }

    /// A limit that is not positive is kept as a negative one, which `validate` refuses.
    private static func stored(_ limit: Duration?) -> Int64 {
        guard let limit else { return 0 }
        return limit > .zero ? max(1, limit.wholeMicroseconds) : -1
    }

    func validate(file: StaticString, line: UInt) throws {
        func check(_ name: String, _ limit: Int64, least: Int64, _ words: String) throws {
            guard limit != 0, limit < least else { return }
            throw WarrenError(
                .invalidTimeout, "Timeouts: \(name) must be \(words); leave it out for no limit.", file: file,
                line: line)
        }
        try check("scheduleToStart", waiting, least: 1, "more than zero")
        try check("startToClose", running, least: 1, "more than zero")
        try check("heartbeat", silent, least: 1_000_000, "a second or more")
        try check("total", whole, least: 1, "more than zero")
    }
}
