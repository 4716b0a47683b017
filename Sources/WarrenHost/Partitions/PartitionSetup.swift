import Logging
import Warren
import WarrenMessaging
import WarrenPartition

/// The parts that the partitions of one host share, and the number of this partition.
struct PartitionSetup: Sendable {
    var partition: Int
    var names: TaskHubName
    var configuration: HostConfiguration
    var runner: any OrchestratorRunner
    var functions: FunctionRegistry
    var clock: any HostClock
    /// Publishes the messages that no outbox keeps.
    var publisher: ReliablePublisher
    var limiter: Limiter
    var hearing: WorkerHearing
    /// Records what the partition works on, beyond the end of the process.
    var crashGuard: CrashGuard
    var wire: PartitionWire
    var logger: Logger
    /// Shared by the partitions of the host.
    var calledActivities = CalledActivities()
    /// Shared by the partitions of the host, too.
    var parked = ParkedDestinations()
    /// Shared by the partitions of the host, too.
    var statusBudget = StatusBudget()
    /// The number of rows of the outbox that may be unconfirmed; see `OutboxGate`.
    var outboxLimit = Int.max
    var unseenWork: (any UnseenWork)?
    var waiterBounds = WaiterBounds()
    /// Knows the last commit of the partition's file when it is opened again.
    var commitLedger: CommitLedger?
    /// The path of the partition's file, for people.
    var storePath = "memory"
    /// Makes the spans of instances; `nil` where no tracer is.
    var tracing: (any InstanceTracing)?
    /// Detects orchestrators that hold the partition for too long.
    var watch = EpisodeWatch(logger: nil)
    /// What the partition does, for instruments.
    var metrics = PartitionMetrics.none
    /// The source of random numbers for pauses and IDs.
    var random = RandomSource.system
    /// Runs the code that answers questions; `nil` for threads of their own.
    var answering: (@Sendable (@escaping @Sendable () -> Void) -> Void)?
    /// Where sweeps and retention run.
    var upkeep = Upkeep()
    /// Exchanges large payloads for references, in a hub that has a payload folder.
    var payloads: EpisodePayloads?
    /// Runs orchestrators; `nil` for the executor of this process.
    var episodes: (any EpisodeExecutor)?
    /// Runs the partition; `nil` for a thread of its own.
    var executor: (any SerialExecutor)?

    /// The names of the activities that are served, as far as this host knows, in order: its own if it is a worker, and
    /// those of other programs that its configuration names.
    var servedActivities: [String] {
        let here = configuration.roles.contains(.activity) ? Set(functions.activityNames) : []
        return here.union(configuration.activities.foreign).sorted()
    }
}
