package import Warren

/// The limits of activities that a partition knows, and what waits for their permits.
package struct LimitsReply: Sendable, Hashable, Codable {
    package struct Entry: Sendable, Hashable, Codable {
        package var activity: String
        /// What the code of a host says.
        package var code: ActivityLimits?
        /// What an operator chose; it counts instead.
        package var operators: ActivityLimits?
        /// Whether this partition gives the permits out: the numbers below are zero elsewhere.
        package var isOwner: Bool
        /// The number of calls that wait for a permit.
        package var waiting: Int
        /// The number of permits that are given out.
        package var running: Int
        /// The time since which the call waits that has waited longest.
        package var oldest: Timestamp?

        package init(
            activity: String, code: ActivityLimits?, operators: ActivityLimits?, isOwner: Bool, waiting: Int,
            running: Int, oldest: Timestamp?
        ) {
            self.activity = activity
            self.code = code
            self.operators = operators
            self.isOwner = isOwner
            self.waiting = waiting
            self.running = running
            self.oldest = oldest
        }

        private enum CodingKeys: String, CodingKey {
            case activity, code, isOwner, waiting, running, oldest
            case operators = "operator"
        }
    }

    /// In the order of their names.
    package var activities: [Entry]

    package init(_ activities: [Entry]) {
        self.activities = activities
    }
}
