public import CoreMetrics
import WarrenMessaging

/// The configuration of a host. Every value has a working default.
///
/// Values belong to groups, and the path of a value is its name everywhere: `activities.concurrency` here, in a file and in
/// messages, and `WARREN_ACTIVITIES_CONCURRENCY` in the environment. The page "Configuration" lists all of them. A program
/// that is to be configured from outside reads them with the module `WarrenConfiguration`.
public struct HostConfiguration: Sendable {
    /// The task hub's name: a letter, then letters, digits, `-` and `_`, at most 63 characters. `warren` by default.
    public var hub: String
    /// The roles of this process; orchestrator and activity by default.
    public var roles: Set<Role>
    /// The number of partitions of the hub, 1 to 99; 4 by default. It is fixed when the hub is created, and checked at
    /// every start.
    public var partitionCount: Int
    /// The broker that carries the messages; none by default.
    public var broker: Broker
    /// The files of the host, and what it needs of them.
    public var storage: Storage
    /// The journals of a hub with the durability `.journal`.
    public var journal: Journal
    /// The orchestrations of this process.
    public var orchestrations: Orchestrations
    /// The activities of this process, and of others.
    public var activities: Activities
    /// The leases under which long activities run.
    public var leases: Leases
    /// The messages: how many, how large, and for how long they are remembered.
    public var messages: Messages
    /// The folder for payloads that are too large for messages.
    public var payloads: Payloads
    /// For how long ended instances are kept, and whether they are exported before they are removed.
    public var retention: Retention
    /// The times for which something is waited for before it is given up.
    public var graces: Graces
    /// The selection of what is published about instances.
    public var reports: Reports

    /// Makes the host's metrics; `nil`, the default, leaves that to `MetricsSystem.factory`, which a program sets before it
    /// makes the host. The page "Metrics" lists them. Metrics of the connections to the broker are among them.
    public var metrics: (any MetricsFactory)?

    /// Makes a configuration from the values that most hosts set; all others have their defaults.
    ///
    /// - Parameters:
    ///   - hub: the task hub's name.
    ///   - broker: the broker's address, ``Broker/url``.
    ///   - dataDirectory: the directory that keeps history, ``Storage/directory``.
    ///   - roles: the roles of this process.
    ///   - partitionCount: the number of partitions of the hub, and of those that run orchestrators at the same moment.
    public init(
        hub: String = "warren", broker: String? = nil, dataDirectory: String? = nil,
        roles: Set<Role> = [.orchestrator, .activity], partitionCount: Int = 4
    ) {
        self.hub = hub
        self.roles = roles
        self.partitionCount = partitionCount
        self.broker = Broker(url: broker)
        storage = Storage(directory: dataDirectory)
        journal = Journal()
        orchestrations = Orchestrations()
        activities = Activities()
        leases = Leases()
        messages = Messages()
        payloads = Payloads()
        retention = Retention()
        graces = Graces()
        reports = Reports()
        metrics = nil
    }

    /// The factory that is used if nothing else is said.
    var metricsFactory: any MetricsFactory { metrics ?? MetricsSystem.factory }

    /// A partition's share of `orchestrations.warmInstances`, rounded up. Instances are spread evenly over partitions, so
    /// lending shares would gain nothing.
    var warmInstancesPerPartition: Int { (orchestrations.warmInstances + partitionCount - 1) / partitionCount }

    /// The maximum sizes of payloads that are sent, in bytes: in messages between instances and to callers that wait,
    /// and in those to and from activities.
    var payloadLimits: (message: Int, work: Int) {
        (messages.maximumSize, min(messages.maximumSize, WireLimits().maximumBodyBytes))
    }
}
