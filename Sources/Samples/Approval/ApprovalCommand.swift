import ArgumentParser
import SampleSupport
import WarrenHost
import WarrenManagement

/// `approval`: a host that runs the approval of a design proposal, served over HTTP and AMQP.
@main
struct ApprovalCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "approval",
        abstract: "Run the approval sample: approval with escalation, reminder, quote with a deadline.",
        discussion: """
            Prints `ready` and its address on standard output when it takes messages; logs go to standard error. SIGTERM \
            or Ctrl-C stops it.

            OVER HTTP
              curl -i -X POST http://127.0.0.1:7071/api/orchestrators/OrchFunction
            and then the URLs of the answer: statusQueryGetUri, sendEventPostUri with the event Approval, …

            OVER AMQP
              warren start OrchFunction --id proposal-1 --hub approval
              warren raise proposal-1 Approval --hub approval
              amqp-publish -e approval.event -r proposal-1/Approval -b true

            ORCHESTRATIONS
              OrchFunction     approved within 20 s, or escalated
              OrchFunctionV1   the first version: two calls
              Reminder         ten reminders, a day apart
              TryGetQuote      whether a quote comes within 30 s
            """)

    @OptionGroup var options: HostOptions
    @OptionGroup var http: HTTPOptions

    func run() async throws {
        let settings = try options.settings(hub: "approval")
        let logger = settings.logger("approval")
        let configuration = settings.configuration
        let host = try TaskHubHost(configuration, logger: logger)
        registerProposals(with: host)
        if try options.replaysHistories(with: host) { return }
        #if HTTP
        try await serve(
            host, configuration, health: settings.health, http: http, options: Self.routes, logger: logger)
        #else
        try await serveWithoutHTTP(host, configuration, health: settings.health, logger: logger)
        #endif
    }

    #if HTTP
    /// As in the original, a browser's address line starts an orchestration, too. Other sites' links and pictures do not.
    static var routes: ManagementOptions {
        var options = ManagementOptions()
        options.allowsStartByGet = true
        return options
    }
    #endif
}
