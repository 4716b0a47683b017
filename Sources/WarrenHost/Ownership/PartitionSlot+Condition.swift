extension PartitionSlot {
    /// What a host has of a partition.
    enum Condition: Sendable, Hashable {
        case owned
        /// It is this host's turn, and the journal has not answered yet.
        case claiming
        case following
        /// Enough other hosts follow it.
        case resting
        /// This host should follow the partition, and cannot read its journal at present.
        case notFollowing
        case failed(String)
    }
}
