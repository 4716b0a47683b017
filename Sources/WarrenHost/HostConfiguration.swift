public import CoreMetrics
public import Warren
import WarrenMessaging

/// The configuration of a host. Every value has a working default.
public struct HostConfiguration: Sendable {
    /// The task hub's name: a letter, then letters, digits, `-` and `_`, at most 63 characters. `warren` by default.
    public var hub: String
    /// The broker, as `amqp://user:password@host:port/vhost`, or `amqps://…?cacertfile=ca.pem` for TLS; the nodes of a
    /// cluster are separated by commas, `amqp://user:password@one:5672,two:5672/vhost`. `nil`, the default, keeps all messages inside this process: no external publishers, and messages in flight are sent again
    /// from the store after a restart.
    public var broker: String?
    /// The directory that keeps history, one file per partition; it is created with mode 0700 if it is missing. `nil`,
    /// the default, keeps history in memory: it ends with the process. A hub belongs to the directory with which it was
    /// first started: a host with another one is refused.
    public var dataDirectory: String?
    /// The place where the hub keeps what it has acknowledged; `.local` by default. It is fixed when the hub is created,
    /// by 'warren hub create' or by the first host, whatever its role; an orchestrator host with another value is
    /// refused. `.journal` needs a broker and a data directory.
    public var durability: Durability
    /// The size of each partition's journal on the broker, in bytes, 64 MiB to 1 TiB; 1 GiB by default. It counts when
    /// the hub is created with the durability `.journal`; a hub that exists keeps its size.
    public var journalBytes: Int
    /// The number of hosts, beside its owner, that keep a copy of each partition at the end of its journal, 0 to 99; 1 by
    /// default. One of them takes the partition over within a moment when its owner is gone. With 0, or when all of them
    /// are gone too, the next host has to read what it lacks first. It counts with the durability `.journal`; all hosts of
    /// a hub should have the same.
    public var followers: Int
    /// The roles of this process; orchestrator and activity by default.
    public var roles: Set<Role>
    /// The number of partitions of the hub, 1 to 99; 4 by default. It is fixed when the hub is created, and checked at
    /// every start.
    public var partitionCount: Int
    /// The maximum number of activities that run at once in this process, at least 1; 256 by default. While long ones
    /// hold all places, no work is taken.
    public var maximumConcurrentActivities: Int
    /// The maximum number of partitions that run orchestrators at the same moment, at least 1; all of them by default.
    public var maximumConcurrentOrchestrations: Int
    /// The maximum number of waiting instances of this process that stay in memory, 20,000 by default, with an equal
    /// share for each partition; the others are replayed when something happens to them. 0 replays at every step. An
    /// instance takes about 4 KB and the memory that its code holds.
    public var maximumWarmInstances: Int
    /// The maximum number of deliveries of one queue that are processed at once, 1 to 2000; 512 by default.
    public var prefetch: Int
    /// The maximum number of rows of unconfirmed messages in a partition's file, at least 4, 10,000 by default; a row
    /// holds what one step of one instance sends, at most 64 messages. From half of it on, starts, events and control
    /// messages wait in their queue; from all of it on, timers wait too. Results of activities are always taken.
    /// Without a broker it has no effect.
    public var maximumOutboxRows: Int
    /// The largest message that is sent, in bytes of its body, 64 KiB to 64 MiB; 8 MiB by default. Keep it well below
    /// the broker's limit: RabbitMQ 4 accepts 16 MiB (`max_message_size`). A larger value ends with `PayloadTooLarge`:
    /// the call with this input, or the instance with this output. An activity host accepts input up to this size, so
    /// give it the same value. Messages from outside, and results of activities, have a limit of 1 MiB in any case.
    public var maximumMessageBytes: Int
    /// The time within which a host that is asked to stop ends, 25 seconds by default: it finishes what runs, and
    /// returns work that does not end, for which the last fifth is kept, at most four seconds.
    public var gracePeriod: Duration
    /// The time that a start waits for a host that knows the orchestration before it becomes a dead letter: 30 seconds
    /// by default.
    public var unknownOrchestrationGrace: Duration
    /// The time that an event waits for its instance to start before it becomes a dead letter: a minute by default.
    public var earlyEventGrace: Duration
    /// The time during which a work item for an activity without a queue is tried before the call fails: 30 seconds by
    /// default.
    public var unknownActivityGrace: Duration
    /// The time that an activity may run before its worker takes the work item under a lease and acknowledges it: 30
    /// seconds by default.
    public var leaseAfter: Duration
    /// The time that a lease lasts without a heartbeat, at least a second; a minute by default. Heartbeats are sent
    /// three times as often.
    public var lease: Duration
    /// The number of deliveries of a work item after which its worker refuses it as one that kills workers: 20 by
    /// default.
    public var maximumActivityDeliveries: Int
    /// Activities that other processes run, in any language, and that are not registered here. The host creates their
    /// queues when it starts, as it does for those that are registered, so that such a process has a queue to consume
    /// and calls have a queue to wait in, whichever process is started first. None by default.
    public var foreignActivities: Set<String>
    /// Prefixes of the names of queues to which answers may be sent, besides direct reply-to, `amq.gen-…`, `amq_…`,
    /// UUIDs and `reply.…`, `reply_…`, `reply-…`. None by default. A publisher names the queue, and the host publishes
    /// there with its own permissions: allow only queues that belong to the callers. The hub's own queues are never
    /// among them.
    public var replyQueuePrefixes: Set<String>
    /// Orchestrations that are not to be run any more: their open instances fail with `OrchestrationNotRegistered` at
    /// the next message or timer for them. None by default, and a host with open instances in its files that it cannot
    /// run does not start: it may be the old version of a program, and the new one would find them failed.
    public var retiredOrchestrations: Set<String>
    /// The number of times that the process may end over one message or instance before that is removed as poison, 2 to
    /// 1000; 5 by default.
    public var maximumHostDeaths: Int
    /// The selection of lines about the instances themselves that go to the console queue. Lines that orchestrators and
    /// activities print always go there. `.failures` by default.
    public var consoleReports: ConsoleReports
    /// The changes of status that are published to the exchange `{h}.lifecycle`; `.failures` by default.
    ///
    /// A publisher cannot see whether a queue is bound, and a message without a subscriber costs almost as much as one
    /// with a subscriber. So select more than failures here if they are needed: `.endings`, `.everything`, or a set of
    /// events. The selected events are published as reliably as any other message.
    public var lifecycleEvents: Set<LifecycleEvent>
    /// The number of messages that a partition keeps for instances and orchestrations that do not exist yet, 10,000 by
    /// default; further ones are refused as `too-many-held`.
    public var maximumHeldMessages: Int
    /// The number of bytes in its file that a partition uses for such messages, 64 MiB by default; a message takes up
    /// to twice its size there. None of it is in memory.
    public var maximumHeldBytes: Int
    /// Whether the host starts on files that are older than what it has acknowledged. If not, which is the default, it
    /// reports what is missing and since when, and does not start. Set it for one start, to continue from a backup.
    public var acceptOlderStore: Bool
    /// The time for which the keys of messages that were taken are remembered, at least a minute; 7 days by default.
    public var duplicateMemory: Duration

    /// Makes the host's metrics; `nil`, the default, leaves that to `MetricsSystem.factory`, which a program sets before it
    /// makes the host. The page "Metrics" lists them. Metrics of the connections to the broker are among them.
    public var metrics: (any MetricsFactory)?

    /// Makes a configuration.
    public init(
        hub: String = "warren", broker: String? = nil, dataDirectory: String? = nil,
        roles: Set<Role> = [.orchestrator, .activity], partitionCount: Int = 4
    ) {
        self.hub = hub
        self.broker = broker
        self.dataDirectory = dataDirectory
        self.roles = roles
        durability = .local
        journalBytes = TaskHubTopology.journalBytes
        followers = 1
        self.partitionCount = partitionCount
        maximumConcurrentActivities = 256
        maximumConcurrentOrchestrations = partitionCount
        maximumWarmInstances = 20_000
        prefetch = 512
        maximumOutboxRows = 10_000
        maximumMessageBytes = 8 << 20
        gracePeriod = .seconds(25)
        unknownOrchestrationGrace = .seconds(30)
        earlyEventGrace = .seconds(60)
        unknownActivityGrace = .seconds(30)
        leaseAfter = .seconds(30)
        lease = .seconds(60)
        maximumActivityDeliveries = 20
        foreignActivities = []
        replyQueuePrefixes = []
        retiredOrchestrations = []
        maximumHostDeaths = 5
        consoleReports = .failures
        lifecycleEvents = .failures
        maximumHeldMessages = 10_000
        maximumHeldBytes = 64 << 20
        acceptOlderStore = false
        duplicateMemory = .seconds(7 * 24 * 3600)
        metrics = nil
    }

    /// The factory that is used if nothing else is said.
    var metricsFactory: any MetricsFactory { metrics ?? MetricsSystem.factory }

    /// A partition's share of `maximumWarmInstances`, rounded up. Instances are spread evenly over partitions, so
    /// lending shares would gain nothing.
    var warmInstancesPerPartition: Int { (maximumWarmInstances + partitionCount - 1) / partitionCount }

    /// The maximum sizes of payloads that are sent, in bytes: in messages between instances and to callers that wait,
    /// and in those to and from activities.
    var payloadLimits: (message: Int, work: Int) {
        (maximumMessageBytes, min(maximumMessageBytes, WireLimits().maximumBodyBytes))
    }

    /// A part that a process plays in its hub.
    public struct Role: Sendable, Hashable, CustomStringConvertible {
        private enum Value: String, Sendable, CaseIterable { case client, orchestrator, activity }
        private let value: Value

        /// The process publishes starts and events, and asks questions. A host in this role alone only checks the hub.
        public static let client = Role(value: .client)
        /// The process owns partitions: history, timers, replay, outbox.
        public static let orchestrator = Role(value: .orchestrator)
        /// The process runs activities, which have the side effects.
        public static let activity = Role(value: .activity)

        private init(value: Value) { self.value = value }

        /// A role by its name, or `nil`.
        public init?(_ name: String) {
            guard let value = Value(rawValue: name) else { return nil }
            self.value = value
        }

        /// The names of all roles.
        public static var names: [String] { Value.allCases.map(\.rawValue) }

        /// The role's name.
        public var description: String { value.rawValue }
    }

    /// The selection of lines about instances that go to the console queue.
    public struct ConsoleReports: Sendable, Hashable {
        private enum Value: Sendable { case nothing, failures, everything }
        private let value: Value

        /// No lines.
        public static let nothing = ConsoleReports(value: .nothing)
        /// Lines about instances that failed or were terminated.
        public static let failures = ConsoleReports(value: .failures)
        /// Lines about every start and every end.
        public static let everything = ConsoleReports(value: .everything)
    }
}
