/// The facts about a host that claims a partition.
package struct JournalClaim: Sendable, Hashable {
    package var host: String
    /// The host's version of Warren, for people.
    package var version: String
    /// The epoch up to which the host's file had applied the journal, 0 for an empty file.
    package var baseEpoch: UInt64
    /// The number of records of that epoch that the file had applied.
    package var baseSeq: UInt64
    /// The host that owned the partition before, as far as the claimant knows.
    package var previousHost: String?
    /// Whether the host takes messages one at a time, because earlier claims ended without a commit.
    package var isCareful: Bool

    /// The version that this program states.
    package static let currentVersion = "1"

    package init(
        host: String, version: String, baseEpoch: UInt64 = 0, baseSeq: UInt64 = 0, previousHost: String? = nil,
        isCareful: Bool = false
    ) {
        self.host = host
        self.version = version
        self.baseEpoch = baseEpoch
        self.baseSeq = baseSeq
        self.previousHost = previousHost
        self.isCareful = isCareful
    }
}
