import ArgumentParser
import Logging
import ServiceLifecycle
import UnixSignals
import Warren
import WarrenHost

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// `patterns`: a host that runs the application patterns of durable orchestrations.
@main
struct PatternsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "patterns",
        abstract: "Run the sample orchestrations: chaining, fan-out, approval, monitor, eternal counter.",
        discussion: """
            Prints `ready` on standard output when it takes messages; logs go to standard error. SIGTERM or Ctrl-C stops \
            intake, finishes or hands back what runs, and exits 0.

            START THEM
              warren start HelloCities --input '["Tokyo","Seattle","London"]' --wait
              warren start SumOfSquares --input 100 --wait
              warren start Approval --id leave-7
              warren raise leave-7 Approval --data true
              warren start MonitorJob --input '{"job":"backup"}' (done when DATA/jobs/backup exists)
              warren start Counter --id counter
              warren raise counter Stop --data '"enough"'

            ONE ROLE PER PROCESS
              patterns --roles orchestrator --data data
              patterns --roles activity
            """)

    @Option(
        help: .init("The broker's address (WARREN_BROKER_URL, else \(PatternsCommand.localBroker)).", valueName: "url"))
    var broker: String?

    @Option(help: .init("The task hub's name (WARREN_HUB, else warren).", valueName: "name"))
    var hub: String?

    @Option(help: .init("Where history is kept, and the marks of finished jobs.", valueName: "folder"))
    var data = "warren-data"

    @Option(
        help: .init(
            "What this process does, separated by commas: \(HostConfiguration.Role.names.joined(separator: ", ")).",
            valueName: "roles"))
    var roles: RolesArgument = .default

    @Option(help: .init("How many partitions the hub has; fixed once it exists.", valueName: "count"))
    var partitions = 4

    @Option(help: .init("What is logged.", valueName: "level"))
    var logLevel: LevelArgument = .notice

    private static let localBroker = "amqp://guest:guest@127.0.0.1:5672/"

    func run() async throws {
        var logger = Logger(label: "patterns", factory: { StreamLogHandler.standardError(label: $0) })
        logger.logLevel = logLevel.level
        let environment = ProcessInfo.processInfo.environment
        var configuration = HostConfiguration(
            hub: hub ?? environment["WARREN_HUB"] ?? "warren",
            broker: broker ?? environment["WARREN_BROKER_URL"] ?? PatternsCommand.localBroker,
            dataDirectory: data, roles: roles.roles, partitionCount: partitions)
        // A sample shows what there is: a queue bound to `{h}.lifecycle` hears of every change.
        configuration.lifecycleEvents = .everything

        let host = try TaskHubHost(configuration, logger: logger)
        registerPatterns(with: host, jobs: "\(data)/jobs")

        let services = ServiceGroup(
            configuration: .init(
                services: [
                    .init(service: host),
                    .init(
                        service: ReadyLine(host: host, configuration: configuration),
                        successTerminationBehavior: .ignore),
                ],
                gracefulShutdownSignals: [.sigterm, .sigint], logger: logger))
        try await services.run()
    }
}
