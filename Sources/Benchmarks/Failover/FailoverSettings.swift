/// What `warren-bench failover` does.
struct FailoverSettings: Sendable {
    var bench: BenchSettings
    /// How many hosts share the hub.
    var hosts: Int
    var rounds: Int
    /// How much of a partition's journal lies behind its snapshot when its host is killed, in MiB.
    var journalMiB: Int
    /// How many partitions have that much.
    var coldPartitions: Int
    /// Starts each second.
    var rate: Int
    var kinds: Set<FailoverKind>
    /// Whether directories of hosts, with their logs, stay.
    var isKeeping = false

    /// The rounds of what takes long.
    var longRounds: Int { max(1, rounds / 4) }
    /// The rounds of moves; each gives a number for every partition that moves.
    var moveRounds: Int { max(1, rounds / 2) }
}
