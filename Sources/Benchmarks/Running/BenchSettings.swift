/// Where a run takes place.
struct BenchSettings: Sendable {
    /// The broker's URL; `nil` for the in-process transport.
    var broker: String?
    /// Where the run makes its data directory.
    var directory: String
    var partitionCount: Int

    var transport: TransportKind { broker == nil ? .inProcess : .rabbitMQ }
}
