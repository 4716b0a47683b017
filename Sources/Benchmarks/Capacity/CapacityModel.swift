/// What a step costs, and how many machines so many steps a second take: arithmetic, nothing else.
///
/// A step is a start of an orchestration, or an answer to one of its activities. The page "Capacity" of the catalog says
/// the same in words.
struct CapacityModel: Sendable, Equatable {
    /// CPU of a broker of one node for each step, in microseconds, journal included.
    var brokerMicroseconds = 140.0
    /// CPU of all nodes of a broker of three, to that of one.
    var replicationFactor = 3.0
    /// CPU of the hosts for each step without a follower, in microseconds: owner, intake, and an activity that does nothing.
    var hostMicroseconds = 120.0
    /// CPU of each follower of a partition for each step, in microseconds.
    var followerMicroseconds = 30.0
    var followers = 1
    /// The nodes of a cell's broker: 1 or 3.
    var brokerNodes = 3
    var coresPerBrokerNode = 8
    var coresPerHost = 8
    /// The share of CPU, and of every rate, that is planned for; the rest is for peaks and for what is lost.
    var use = 0.7
    /// The steps a second of one partition: its steps are taken one after the other.
    var partitionRate = 6000.0
    /// The messages a second that one host takes in for all partitions of a hub: starts, events and control messages.
    var intakeRate = 6000.0
    /// The steps of an instance for each message from outside.
    var stepsPerInstance = 6.0

    /// A hub has no more partitions.
    static let mostPartitions = 99
    /// Fewer hosts are planned for no cell: one may be lost while another one is restarted.
    static let fewestHosts = 3

    /// CPU of the broker's nodes together for each step, in microseconds.
    var clusterMicroseconds: Double { brokerMicroseconds * (brokerNodes > 1 ? replicationFactor : 1) }

    /// CPU of the hosts together for each step, in microseconds.
    var hostsMicroseconds: Double { hostMicroseconds + followerMicroseconds * Double(followers) }

    /// The steps a second of one cell: those of its narrowest part.
    var cell: (rate: Double, limit: CapacityLimit) {
        let rates: [(rate: Double, limit: CapacityLimit)] = [
            (Double(brokerNodes * coresPerBrokerNode) * use / clusterMicroseconds * 1e6, .broker),
            (intakeRate * use * stepsPerInstance, .intake),
            (Double(Self.mostPartitions) * partitionRate * use, .partitions),
        ]
        return rates.min { $0.rate < $1.rate } ?? (0, .broker)
    }

    /// What so many steps a second take.
    func plan(_ stepsPerSecond: Double) -> CapacityPlan {
        let (rate, limit) = cell
        let cells = max(1, Self.up(stepsPerSecond / max(rate, 1e-9)))
        let each = stepsPerSecond / Double(cells)
        let hostCores = each * hostsMicroseconds / 1e6 / use
        // One more than what carries the load: it may be lost.
        let hosts = max(Self.fewestHosts, Self.up(hostCores / Double(coresPerHost)) + 1)
        let partitions = min(Self.mostPartitions, max(2 * hosts, Self.up(each / (partitionRate * use))))
        let brokerCores = each * clusterMicroseconds / 1e6 / use / Double(brokerNodes)
        return CapacityPlan(
            stepsPerSecond: stepsPerSecond, cells: cells, limit: limit, partitions: partitions, hosts: hosts * cells,
            hostCores: hosts * cells * coresPerHost, busyHostCores: each * hostsMicroseconds / 1e6 * Double(cells),
            brokerNodes: brokerNodes * cells, coresOfEachNode: max(1, Self.up(brokerCores)),
            busyBrokerCores: each * clusterMicroseconds / 1e6 * Double(cells))
    }

    /// The next whole number; what is above it by rounding of the machine only is not counted.
    private static func up(_ value: Double) -> Int {
        guard value.isFinite, value < 1e12 else { return 1_000_000_000_000 }
        return Int((value - 1e-9).rounded(.up))
    }
}

/// What bounds a cell.
enum CapacityLimit: String, Sendable, Equatable {
    case broker, intake, partitions
}
