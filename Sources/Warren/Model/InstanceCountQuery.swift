/// A question for the number of instances.
public struct InstanceCountQuery: Sendable, Hashable {
    /// The conditions, all that a listing has. Its order, limit and place do not matter.
    public var conditions: InstanceQuery
    /// The length of the parts into which the time from `createdFrom` on is divided, in microseconds; `nil` for one part.
    public var bucketMicroseconds: Int64?

    /// The maximum number of parts.
    public static let mostBuckets = 1000

    /// A question for the instances that meet some conditions, in one part of the time or in several.
    public init(_ conditions: InstanceQuery, bucketMicroseconds: Int64? = nil) {
        self.conditions = conditions
        self.bucketMicroseconds = bucketMicroseconds
    }

    /// Whether the parts are of a positive length, and are not too many.
    public var isBounded: Bool {
        guard let width = bucketMicroseconds else { return true }
        guard width > 0, let from = conditions.createdFrom?.microseconds, let to = conditions.createdTo?.microseconds,
            to >= from
        else { return false }
        let (span, isTooLong) = to.subtractingReportingOverflow(from)
        return !isTooLong && span / width < Int64(Self.mostBuckets)
    }

    /// The part of a time that is not outside of `createdFrom` and `createdTo`.
    public func bucket(of time: Timestamp) -> Int {
        guard let width = bucketMicroseconds, width > 0, let from = conditions.createdFrom?.microseconds else {
            return 0
        }
        return Int(clamping: (time.microseconds &- from) / width)
    }

    /// The statuses of the instances of which the time of their end is counted, too.
    public static let endings: [RuntimeStatus] = [.failed, .terminated, .canceled]

    /// The statuses of those among the instances that meet the conditions; `nil` if the time is not divided.
    public var countedEndings: [RuntimeStatus]? {
        guard bucketMicroseconds != nil else { return nil }
        let statuses = conditions.possibleStatuses ?? Self.endings
        return Self.endings.filter(statuses.contains)
    }

    /// Whether an end is in the time that is divided.
    public func covers(end: Timestamp) -> Bool {
        guard let from = conditions.createdFrom, let to = conditions.createdTo else { return false }
        return end >= from && end <= to
    }
}
