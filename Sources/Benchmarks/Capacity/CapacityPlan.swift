/// The machines for so many steps a second.
struct CapacityPlan: Sendable, Equatable, Encodable {
    var stepsPerSecond: Double
    /// Clusters of a broker and its hosts, each with a share of the instances.
    var cells: Int
    /// What bounds each of them.
    var limit: CapacityLimit
    /// The partitions of each cell's hub.
    var partitions: Int
    /// Hosts of all cells, and their cores.
    var hosts: Int
    var hostCores: Int
    /// The cores that hosts keep busy, of those.
    var busyHostCores: Double
    /// Nodes of all brokers, and the cores that each of them needs.
    var brokerNodes: Int
    var coresOfEachNode: Int
    /// The cores that brokers keep busy, of those.
    var busyBrokerCores: Double

    static let header = [
        "| steps/s | cells | bounded by | partitions of each | hosts | cores of hosts, busy | broker nodes | cores of each "
            + "node | cores of brokers, busy |",
        "|---|---|---|---|---|---|---|---|---|",
    ]

    var row: String {
        let cells: [String] = [
            Number.text(stepsPerSecond), String(cells), limit.rawValue, String(partitions), String(hosts),
            "\(hostCores), \(Number.text(busyHostCores))", String(brokerNodes), String(coresOfEachNode),
            "\(brokerNodes * coresOfEachNode), \(Number.text(busyBrokerCores))",
        ]
        return "| " + cells.joined(separator: " | ") + " |"
    }

    /// The table for some rates, in Markdown.
    static func table(_ model: CapacityModel, _ rates: [Double]) -> [String] {
        header + rates.map { model.plan($0).row }
    }

    private enum CodingKeys: String, CodingKey {
        case stepsPerSecond, cells, limit, partitions, hosts, hostCores, busyHostCores
        case brokerNodes, coresOfEachNode, busyBrokerCores
    }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(stepsPerSecond, forKey: .stepsPerSecond)
        try container.encode(cells, forKey: .cells)
        try container.encode(limit.rawValue, forKey: .limit)
        try container.encode(partitions, forKey: .partitions)
        try container.encode(hosts, forKey: .hosts)
        try container.encode(hostCores, forKey: .hostCores)
        try container.encode(busyHostCores.rounded3, forKey: .busyHostCores)
        try container.encode(brokerNodes, forKey: .brokerNodes)
        try container.encode(coresOfEachNode, forKey: .coresOfEachNode)
        try container.encode(busyBrokerCores.rounded3, forKey: .busyBrokerCores)
    }
}
