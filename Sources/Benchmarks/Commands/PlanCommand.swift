import ArgumentParser
import Logging

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// The subcommand that says how many machines so many steps a second take.
struct PlanCommand: AsyncParsableCommand {
    private static let usual = CapacityModel()

    static let configuration = CommandConfiguration(
        commandName: "plan",
        abstract: "How many hosts, cores, broker nodes and cells so many steps a second take.",
        discussion: """
            A step is a start, or an answer to an activity. The arithmetic is that of the page "Capacity" of the \
            documentation, whose table this prints without options. Costs are CPU microseconds of each step; give those \
            of your own machines, or let --measure find them here, with hosts that do nothing else.
            """)

    @Option(
        name: .customLong("steps"),
        help: "Steps a second; may be given more than once. (default: 10000, 50000, 200000)")
    var rates: [Double] = []

    @Option(help: "Broker of one node: CPU µs for each step.")
    var brokerCost: Double = usual.brokerMicroseconds

    @Option(help: "CPU of three nodes to that of one.")
    var replicationFactor: Double = usual.replicationFactor

    @Option(help: "Hosts: CPU µs for each step, without followers and without what activities do.")
    var hostCost: Double = usual.hostMicroseconds

    @Option(help: "Each follower: CPU µs for each step.")
    var followerCost: Double = usual.followerMicroseconds

    @Option(help: "How many hosts follow each partition.")
    var followers: Int = usual.followers

    @Option(help: "Broker nodes of a cell: 1 or 3.")
    var brokerNodes: Int = usual.brokerNodes

    @Option(help: "Cores of a broker node.")
    var brokerCores: Int = usual.coresPerBrokerNode

    @Option(help: "Cores of a host.")
    var hostCores: Int = usual.coresPerHost

    @Option(help: "The share of every capacity that is planned for.")
    var use: Double = usual.use

    @Option(help: "Steps a second of one partition.")
    var partitionRate: Double = usual.partitionRate

    @Option(help: "Messages from outside a second that a hub's intake takes.")
    var intakeRate: Double = usual.intakeRate

    @Option(help: "Steps of an instance for each message from outside.")
    var stepsPerInstance: Double = usual.stepsPerInstance

    @Flag(help: "Measure the costs first, on --broker with its process on this machine, and print them.")
    var measure = false

    @Option(help: "--measure: the broker as amqp://user:password@host:port/vhost; by default WARREN_BROKER_URL.")
    var broker: String?

    @Option(name: .long, help: "--measure: where the hosts keep their files; by default the working directory.")
    var dataDirectory: String?

    @Flag(help: "One line of JSON for each rate in the place of the table.")
    var json = false

    func validate() throws {
        for (name, value) in [
            ("--broker-cost", brokerCost), ("--replication-factor", replicationFactor), ("--host-cost", hostCost),
            ("--partition-rate", partitionRate), ("--intake-rate", intakeRate),
            ("--steps-per-instance", stepsPerInstance),
        ] where !(value > 0 && value <= 1e9) {
            throw ValidationError("\(name) is above 0, and at most 1000000000.")
        }
        guard (0...1e9).contains(followerCost) else { throw ValidationError("--follower-cost is 0 or more.") }
        guard rates.allSatisfy({ $0 >= 1 && $0 <= 1e9 }) else { throw ValidationError("--steps is 1 to 1000000000.") }
        guard (0...20).contains(followers) else { throw ValidationError("--followers is 0 to 20.") }
        guard [1, 3].contains(brokerNodes) else { throw ValidationError("--broker-nodes is 1 or 3.") }
        guard (1...1024).contains(brokerCores), (1...1024).contains(hostCores) else {
            throw ValidationError("--broker-cores and --host-cores are 1 to 1024.")
        }
        guard use > 0, use <= 1 else { throw ValidationError("--use is above 0, and at most 1.") }
    }

    /// What the command line says.
    var model: CapacityModel {
        CapacityModel(
            brokerMicroseconds: brokerCost, replicationFactor: replicationFactor, hostMicroseconds: hostCost,
            followerMicroseconds: followerCost, followers: followers, brokerNodes: brokerNodes,
            coresPerBrokerNode: brokerCores, coresPerHost: hostCores, use: use, partitionRate: partitionRate,
            intakeRate: intakeRate, stepsPerInstance: stepsPerInstance)
    }

    func run() async throws {
        let (command, rates) = (self, rates.isEmpty ? [10_000, 50_000, 200_000] : rates)
        try await Interruption.heeding {
            var model = command.model
            if command.measure { try await command.measure(&model) }
            if command.json {
                for rate in rates { print(Report.json(model.plan(rate))) }
            } else {
                for line in CapacityPlan.table(model, rates) { print(line) }
            }
        }
    }

    private func measure(_ model: inout CapacityModel) async throws {
        let logger = Logger.bench()
        let settings = BenchSettings(
            broker: try BenchOptions.brokerURL(broker),
            directory: dataDirectory ?? FileManager.default.currentDirectoryPath, partitionCount: 4,
            durability: .journal)
        let costs = try await CapacityMeasurement(settings: settings, logger: logger).run()
        model.hostMicroseconds = costs.hostMicroseconds
        model.followerMicroseconds = costs.followerMicroseconds
        if let cost = costs.brokerMicroseconds { model.brokerMicroseconds = cost }
        guard !json else { return }
        print(
            "broker \(costs.brokerMicroseconds.map(Number.text) ?? "not found on this machine, taken as given:") "
                + (costs.brokerMicroseconds == nil ? Number.text(model.brokerMicroseconds) : "")
                + " µs/step, hosts \(Number.text(costs.hostMicroseconds)) µs/step, a follower "
                + "\(Number.text(costs.followerMicroseconds)) µs/step")
    }
}
