/// One of the time limits of a call of an activity, as a failure names it: see ``ActivityTimeouts``.
public struct ActivityTimeout: Sendable, Hashable, CustomStringConvertible {
    private enum Kind: String, CaseIterable {
        case scheduleToStart = "ScheduleToStartTimeout"
        case startToClose = "StartToCloseTimeout"
        case heartbeat = "HeartbeatTimeout"
        case total = "TotalTimeout"
    }
    private let kind: Kind

    /// No worker began with the attempt in time.
    public static let scheduleToStart = ActivityTimeout(kind: .scheduleToStart)
    /// The attempt did not answer in time after it had begun.
    public static let startToClose = ActivityTimeout(kind: .startToClose)
    /// The activity's code sent no heartbeat in time.
    public static let heartbeat = ActivityTimeout(kind: .heartbeat)
    /// The whole call took too long.
    public static let total = ActivityTimeout(kind: .total)

    /// The `type` of failures that report the limit: `ScheduleToStartTimeout`, `StartToCloseTimeout`, `HeartbeatTimeout`
    /// or `TotalTimeout`.
    public var failureType: String { kind.rawValue }

    /// The text that logs and errors show.
    public var description: String { failureType }

    private init(kind: Kind) {
        self.kind = kind
    }

    init?(failureType: String) {
        guard let kind = Kind(rawValue: failureType) else { return nil }
        self.init(kind: kind)
    }
}

extension FailureDetails {
    /// The time limit that ran out, if this failure reports one.
    public var timeout: ActivityTimeout? { ActivityTimeout(failureType: type) }
}

extension TaskFailure {
    /// The time limit of the call that ran out; `nil` if it failed otherwise.
    ///
    /// ```swift
    /// } catch let failure as TaskFailure where failure.timeout == .scheduleToStart {
    ///     // Nobody serves the activity, or all that do are busy.
    /// }
    /// ```
    public var timeout: ActivityTimeout? { kind == .activity ? details.timeout : nil }
}
