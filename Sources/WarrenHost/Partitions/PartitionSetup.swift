import Logging
import Warren
import WarrenMessaging
import WarrenPartition

/// What the partitions of one host share, and which partition this is.
struct PartitionSetup: Sendable {
    var partition: Int
    var names: TaskHubName
    var configuration: HostConfiguration
    var runner: any OrchestratorRunner
    var functions: FunctionRegistry
    var clock: any HostClock
    /// Publishes what is not kept in an outbox.
    var publisher: ReliablePublisher
    var limiter: Limiter
    var hearing: WorkerHearing
    /// Remembers what the partition works on beyond the end of the process.
    var crashGuard: CrashGuard
    var wire: PartitionWire
    var logger: Logger
    /// Shared by the partitions of the host.
    var calledActivities = CalledActivities()
    /// Shared by the partitions of the host, too.
    var parked = ParkedDestinations()
    /// How many rows of the outbox may be unconfirmed; see `OutboxGate`.
    var outboxLimit = Int.max
    var unseenWork: (any UnseenWork)?
    var waiterBounds = WaiterBounds()
    /// Knows how far the partition's file had come when it is opened again.
    var commitLedger: CommitLedger?
    /// Where the partition's file is, for people.
    var storePath = "memory"
    /// Notices orchestrators that do not let go of the partition.
    var watch = EpisodeWatch(logger: nil)
    /// Where pauses and IDs get their random numbers from.
    var random = RandomSource.system
    /// Runs what answers questions; `nil` for threads of their own.
    var answering: (@Sendable (@escaping @Sendable () -> Void) -> Void)?
    /// Runs orchestrators; `nil` for those of this process.
    var episodes: (any EpisodeExecutor)?
    /// Runs the partition; `nil` for a thread of its own.
    var executor: (any SerialExecutor)?
}
