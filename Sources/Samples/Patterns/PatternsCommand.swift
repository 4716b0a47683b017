import ArgumentParser
import SampleSupport
import WarrenHTTPClient
import WarrenHost
import WarrenManagement

/// `patterns`: a host that runs the application patterns of durable orchestrations.
@main
struct PatternsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "patterns",
        abstract: "Run the sample orchestrations: chains, fan-outs, approvals, monitor, eternal ones.",
        discussion: """
            Prints `ready` on standard output when it takes messages; logs go to standard error. SIGTERM or Ctrl-C stops \
            intake, finishes or hands back what runs, and exits 0.

            START THEM
              warren start HelloCities --input '["Tokyo","Seattle","London"]' --wait
              warren start E1_SayHello --wait
              warren start Chain --input '{"value":"x"}' --wait (add "failAt":"F3" to see it undone)
              warren start SumOfSquares --input 100 --wait
              warren start FanOutFanIn --input 5 --wait
              warren start LinkResolving --input '{"links":25,"batch":10}' --wait
              warren start ProvisionNewDevices --wait
              warren start Approval --id leave-7
              warren raise leave-7 Approval --data true
              warren start ApprovalWorkflow --id plan-1
              warren raise plan-1 ApprovalEvent --data true
              warren start MonitorJob --input '{"job":"backup"}' (done when DATA/jobs/backup exists)
              warren start CallService --input '"https://example.com/"' --wait (with --allow-http)
              warren start Counter --id counter
              warren raise counter Stop --data '"enough"'
              warren start Aggregator --id total
              warren raise total Add --data 5
              warren start CountVisit --input '"home"' --wait
              warren entity get counter home
              warren schedule create greetings HelloCities --every 1m

            OVER HTTP, with --http-port 7071
              curl -d '["Tokyo"]' http://127.0.0.1:7071/api/orchestrators/HelloCities
            and then the URLs of the answer.

            ONE ROLE PER PROCESS
              patterns --roles orchestrator --data data
              patterns --roles activity --data data
            """)

    @OptionGroup var options: HostOptions

    @Flag(help: "Let CallService make requests over HTTP, to public and private networks.")
    var allowHTTP = false

    @Option(
        help: .init("Serve HTTP on this port of this machine, 0 for any that is free; else none.", valueName: "port"))
    var httpPort: Int?

    func run() async throws {
        // A sample shows what there is: a queue bound to `{h}.lifecycle` hears of every change.
        let settings = try options.settings(hub: "warren", defaults: ["reports.lifecycle": "everything"])
        let logger = settings.logger("patterns")
        let configuration = settings.configuration
        let host = try TaskHubHost(configuration, logger: logger)
        registerPatterns(with: host, jobs: "\(settings.data)/jobs")
        if allowHTTP { try host.allowHTTP() }
        if try options.replaysHistories(with: host) { return }
        guard let http = try http else {
            return try await serve(host, configuration, health: settings.health, logger: logger)
        }
        #if HTTP
        try await serve(
            host, configuration, health: settings.health, http: http, options: Self.routes, logger: logger)
        #else
        try await serveWithoutHTTP(host, configuration, health: settings.health, logger: logger)
        #endif
    }

    #if HTTP
    /// As in the samples that these patterns come from, a browser's address line starts an orchestration, too. Other sites'
    /// links and pictures do not.
    static var routes: ManagementOptions {
        var options = ManagementOptions()
        options.allowsStartByGet = true
        return options
    }
    #endif

    func validate() throws {
        _ = try http
    }

    private var http: HTTPOptions? {
        get throws { try httpPort.map { try HTTPOptions.parse(["--http-port", String($0)]) } }
    }
}
