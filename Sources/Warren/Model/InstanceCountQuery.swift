/// A question for the number of instances.
package struct InstanceCountQuery: Sendable, Hashable {
    /// The conditions, all that a listing has. Its order, limit and place do not matter.
    package var conditions: InstanceQuery
    /// The length of the parts into which the time from `createdFrom` on is divided, in microseconds; `nil` for one part.
    package var bucketMicroseconds: Int64?

    /// The maximum number of parts.
    package static let mostBuckets = 1000

    package init(_ conditions: InstanceQuery, bucketMicroseconds: Int64? = nil) {
        self.conditions = conditions
        self.bucketMicroseconds = bucketMicroseconds
    }

    /// Whether the parts are of a positive length, and are not too many.
    package var isBounded: Bool {
        guard let width = bucketMicroseconds else { return true }
        guard width > 0, let from = conditions.createdFrom?.microseconds, let to = conditions.createdTo?.microseconds,
            to >= from
        else { return false }
        let (span, isTooLong) = to.subtractingReportingOverflow(from)
        return !isTooLong && span / width < Int64(Self.mostBuckets)
    }

    /// The part of a creation time that meets the conditions.
    package func bucket(of createdAt: Timestamp) -> Int {
        guard let width = bucketMicroseconds, width > 0, let from = conditions.createdFrom?.microseconds else {
            return 0
        }
        return Int(clamping: (createdAt.microseconds &- from) / width)
    }
}
