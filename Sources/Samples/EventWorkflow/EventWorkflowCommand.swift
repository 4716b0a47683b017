import ArgumentParser
import SampleSupport
import WarrenHost

/// `event-workflow`: a host with one orchestration that waits for an event, steered over HTTP GET.
@main
struct EventWorkflowCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "event-workflow",
        abstract: "Run the event sample: start, check and stop a workflow over HTTP.",
        discussion: """
            Prints `ready` and its address on standard output when it takes messages; logs go to standard error. SIGTERM \
            or Ctrl-C stops it.

            OVER HTTP
              curl http://127.0.0.1:7071/api/start/tea
              curl http://127.0.0.1:7071/api/check/tea
              curl http://127.0.0.1:7071/api/stop/tea

            OVER AMQP
              warren start Workflow --input '"tea"' --id tea-1 --hub eventworkflow
              warren raise tea-1 Workflow --hub eventworkflow
              warren console --hub eventworkflow
            """)

    @OptionGroup var options: HostOptions
    @OptionGroup var http: HTTPOptions

    func run() async throws {
        let settings = try options.settings(hub: "eventworkflow")
        let logger = settings.logger("event-workflow")
        let configuration = settings.configuration
        let host = try TaskHubHost(configuration, logger: logger)
        Workflow.register(with: host)
        if try options.replaysHistories(with: host) { return }
        #if HTTP
        try await serve(host, configuration, health: settings.health, http: http, logger: logger) { client, router in
            WorkflowRoutes(client: client, logger: logger).add(to: router)
        }
        #else
        try await serveWithoutHTTP(host, configuration, health: settings.health, logger: logger)
        #endif
    }
}
