package import Warren

/// What a host of a hub with journals says of itself, twice a second, in the stream `{h}.hosts`.
package struct HostBeat: Sendable, Hashable {
    /// A partition that the host owns.
    package struct Ownership: Sendable, Hashable {
        package var partition: Int
        /// The number of the claim under which the host owns it.
        package var epoch: UInt64
        /// The size in bytes of the records behind the newest snapshot.
        package var unsavedBytes: Int64

        package init(partition: Int, epoch: UInt64, unsavedBytes: Int64) {
            self.partition = partition
            self.epoch = epoch
            self.unsavedBytes = unsavedBytes
        }
    }

    /// Distinguishes the process from every other one, and from those before it on the same machine.
    package var id: String
    /// The name of the machine, for people.
    package var name: String
    package var process: Int
    package var startedAt: Timestamp
    /// What the host's clock showed.
    package var sentAt: Timestamp
    /// Whether the host is about to end: it takes no partition any more.
    package var isLeaving: Bool
    /// The orchestrations that the host runs.
    package var orchestrations: Set<String>
    /// The partitions that the host owns, in order.
    package var owned: [Ownership]
    /// The partitions that the host follows by their journals, in order.
    package var followed: [Int]

    package init(
        id: String, name: String, process: Int, startedAt: Timestamp, sentAt: Timestamp, isLeaving: Bool = false,
        orchestrations: Set<String> = [], owned: [Ownership] = [], followed: [Int] = []
    ) {
        self.id = id
        self.name = name
        self.process = process
        self.startedAt = startedAt
        self.sentAt = sentAt
        self.isLeaving = isLeaving
        self.orchestrations = orchestrations
        self.owned = owned
        self.followed = followed
    }
}
