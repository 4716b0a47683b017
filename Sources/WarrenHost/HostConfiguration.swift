import WarrenMessaging

/// How a host is set up. Every value has a working default.
public struct HostConfiguration: Sendable {
    /// The task hub's name: a letter, then letters, digits, `-` and `_`, at most 63 characters. `warren` by default.
    public var hub: String
    /// The broker, as `amqp://user:password@host:port/vhost`, or `amqps://…?cacertfile=ca.pem` for TLS. `nil`, the
    /// default, keeps all messages inside this process: no external publishers, and messages in flight are sent again
    /// from the store after a restart.
    public var broker: String?
    /// Where history is kept, one file per partition; made with mode 0700 if missing. `nil`, the default, keeps
    /// history in memory: it ends with the process. A hub belongs to the directory it was first started with: a host
    /// with another one is refused.
    public var dataDirectory: String?
    /// What this process does; orchestrator and activity by default.
    public var roles: Set<Role>
    /// How many partitions the hub has, 1 to 99; 4 by default. Fixed when the hub is created, and checked at every
    /// start.
    public var partitionCount: Int
    /// How many activities run at once in this process, at least 1; 256 by default. While long ones have all places,
    /// no work is taken.
    public var maximumConcurrentActivities: Int
    /// How many partitions run orchestrators at the same moment, at least 1; all of them by default.
    public var maximumConcurrentOrchestrations: Int
    /// How many waiting instances of this process stay in memory, 20,000 by default, each partition having an equal
    /// share; the others are replayed when something happens to them. 0 replays at every step. One takes about 4 KB
    /// and what its code holds.
    public var maximumWarmInstances: Int
    /// How many deliveries of one queue may be in work at once, 1 to 2000; 512 by default.
    public var prefetch: Int
    /// How many rows of unconfirmed messages a partition may have in its file, at least 4, 10,000 by default; a row
    /// is what one step of one instance sends, 64 messages at the most. From half of it on, starts, events and
    /// control messages wait in their queue; from all of it on, timers wait too. Results of activities are always
    /// taken. Without a broker it does not matter.
    public var maximumOutboxRows: Int
    /// The largest message that is sent, in bytes of its body, 64 KiB to 64 MiB; 8 MiB by default. Keep it well below what
    /// the broker takes: RabbitMQ 4 takes 16 MiB (`max_message_size`). What is larger ends with `PayloadTooLarge`: the call
    /// whose input it is, the instance whose output it is. An activity host takes as much as input, so give it the same
    /// value. What comes from outside has 1 MiB at the most in any case, and so have results of activities.
    public var maximumMessageBytes: Int
    /// How long a host that is asked to stop may take, 25 seconds by default: to finish what runs, and to hand back what
    /// does not end, for which the last fifth is kept, four seconds at the most.
    public var gracePeriod: Duration
    /// How long a start waits for a host that knows the orchestration before it becomes a dead letter: 30 seconds
    /// by default.
    public var unknownOrchestrationGrace: Duration
    /// How long an event waits for its instance to start before it becomes a dead letter: a minute by default.
    public var earlyEventGrace: Duration
    /// How long a work item for an activity without a queue is tried before the call fails: 30 seconds by default.
    public var unknownActivityGrace: Duration
    /// How long an activity may run before its worker takes the work item under a lease and acknowledges it: 30
    /// seconds by default.
    public var leaseAfter: Duration
    /// How long a lease lasts without a heartbeat, at least a second; a minute by default. Heartbeats come three
    /// times as often.
    public var lease: Duration
    /// How often a work item is delivered before its worker refuses it as one that kills workers: 20 by default.
    public var maximumActivityDeliveries: Int
    /// Activities that other processes run, in any language, and that are not registered here. The host makes their queues
    /// when it starts, as it does for those that are registered, so that such a process has something to consume and calls
    /// have somewhere to wait, whichever of them is started first. None by default.
    public var foreignActivities: Set<String>
    /// What the names of queues begin with that answers may go to, besides direct reply-to, `amq.gen-…`, `amq_…`, UUIDs and
    /// `reply.…`, `reply_…`, `reply-…`. None by default. A publisher names the queue, and the host publishes there with its own
    /// rights: allow what belongs to those who ask. The hub's own queues are never among them.
    public var replyQueuePrefixes: Set<String>
    /// Orchestrations that are not to be run any more: their open instances fail with `OrchestrationNotRegistered` at
    /// what comes for them next. None by default, and a host whose files hold open instances that it cannot run does not
    /// start: it may be the old version of a program, and the new one would find them failed.
    public var retiredOrchestrations: Set<String>
    /// How many times the process may end over one message or instance before that is taken out as poison, 2 to 1000;
    /// 5 by default.
    public var maximumHostDeaths: Int
    /// Which lines about the instances themselves go to the console queue. Lines that orchestrators and activities
    /// print go there always. `.failures` by default.
    public var consoleReports: ConsoleReports
    /// Which changes of status are published to the exchange `{h}.lifecycle`; `.failures` by default.
    ///
    /// A publisher cannot see whether anybody has bound a queue, and a message that nobody takes costs almost what one
    /// costs that is taken. So whoever wants to hear more than failures says so here: `.endings`, `.everything`, or a set
    /// of events. What is named here is published as reliably as any other message.
    public var lifecycleEvents: Set<LifecycleEvent>
    /// How many messages a partition keeps for instances and orchestrations that do not exist yet, 10,000 by default; more
    /// of them are refused as `too-many-held`.
    public var maximumHeldMessages: Int
    /// How many bytes of its file a partition gives to such messages, 64 MiB by default; a message takes up to twice its
    /// size there. None of it is in memory.
    public var maximumHeldBytes: Int
    /// Whether the host starts on files that are older than what it has acknowledged. Without it, which is the default, it
    /// says what is missing and since when, and does not start. Set it for one start, to go on from a backup.
    public var acceptOlderStore: Bool
    /// How long the keys of messages that were taken are remembered, at least a minute; 7 days by default.
    public var duplicateMemory: Duration

    /// A configuration.
    public init(
        hub: String = "warren", broker: String? = nil, dataDirectory: String? = nil,
        roles: Set<Role> = [.orchestrator, .activity], partitionCount: Int = 4
    ) {
        self.hub = hub
        self.broker = broker
        self.dataDirectory = dataDirectory
        self.roles = roles
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
    }

    /// A partition's share of `maximumWarmInstances`, rounded up. Instances spread evenly over partitions, so nothing is
    /// gained by lending shares.
    var warmInstancesPerPartition: Int { (maximumWarmInstances + partitionCount - 1) / partitionCount }

    /// How large payloads may be that are sent, in bytes: in messages between instances and to whoever waits, and in those
    /// to and from activities.
    var payloadLimits: (message: Int, work: Int) {
        (maximumMessageBytes, min(maximumMessageBytes, WireLimits().maximumBodyBytes))
    }

    /// What a process does for its hub.
    public struct Role: Sendable, Hashable, CustomStringConvertible {
        private enum Value: String, Sendable, CaseIterable { case client, orchestrator, activity }
        private let value: Value

        /// Publishes starts and events, asks questions. A host in this role alone only checks the hub.
        public static let client = Role(value: .client)
        /// Owns partitions: history, timers, replay, outbox.
        public static let orchestrator = Role(value: .orchestrator)
        /// Runs side effects.
        public static let activity = Role(value: .activity)

        private init(value: Value) { self.value = value }

        /// A role by its name, or `nil`.
        public init?(_ name: String) {
            guard let value = Value(rawValue: name) else { return nil }
            self.value = value
        }

        /// The names that there are.
        public static var names: [String] { Value.allCases.map(\.rawValue) }

        /// The role's name.
        public var description: String { value.rawValue }
    }

    /// Which lines about instances go to the console queue.
    public struct ConsoleReports: Sendable, Hashable {
        private enum Value: Sendable { case nothing, failures, everything }
        private let value: Value

        /// None.
        public static let nothing = ConsoleReports(value: .nothing)
        /// Instances that failed or were terminated.
        public static let failures = ConsoleReports(value: .failures)
        /// Every start and every end.
        public static let everything = ConsoleReports(value: .everything)
    }
}
