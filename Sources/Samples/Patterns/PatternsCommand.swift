import ArgumentParser
import SampleSupport
import WarrenHost

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

    @OptionGroup var options: HostOptions

    func run() async throws {
        let logger = options.logger("patterns")
        var configuration = options.configuration(hub: "warren")
        // A sample shows what there is: a queue bound to `{h}.lifecycle` hears of every change.
        configuration.lifecycleEvents = .everything
        let host = try TaskHubHost(configuration, logger: logger)
        registerPatterns(with: host, jobs: "\(options.data)/jobs")
        try await serve(host, configuration, logger: logger)
    }
}
