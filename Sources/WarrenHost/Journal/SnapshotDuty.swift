/// Which of the hosts that have a partition's file makes the snapshots of it.
enum SnapshotDuty: Sendable, Hashable {
    /// The owner does, because nobody follows, as far as it knows.
    case ofOwner
    /// A follower does, off the owner's path: the owner only if that one is late.
    case ofFollower
    /// This host does, which follows.
    case ofThis
}
