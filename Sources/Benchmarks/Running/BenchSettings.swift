/// Where a run takes place.
struct BenchSettings: Sendable {
    /// The broker's URL; `nil` for the in-process transport.
    var broker: String?
    /// Where the run makes its data directory.
    var directory: String
    var partitionCount: Int
    /// The place where the hub keeps what it has acknowledged. A journal needs a broker.
    var durability = DurabilityKind.local
    /// The number of hosts, each a process of its own; `nil` for one inside this process.
    var hosts: Int?
    /// The way of work to the host's own activities, if the host is inside this process.
    var activityDispatch = ActivityDispatchKind.broker

    var transport: TransportKind { broker == nil ? .inProcess : .rabbitMQ }
}
