import ArgumentParser
import SampleSupport
import Warren
import WarrenHost
import WarrenManagement

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// `billing`: a host that bills subscriptions, month after month.
@main
struct BillingCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "billing",
        abstract: "Run the billing sample: a trial, a charge every month, dunning, disputes, and an end at any time.",
        discussion: """
            Prints `ready` and its address on standard output when it takes messages; logs go to standard error. SIGTERM \
            or Ctrl-C stops it.

            OVER HTTP
              curl -d '{"customer":"Ada","card":"visa","plan":"basic"}' \\
                  http://127.0.0.1:7071/api/orchestrators/Subscription/ada
            and then the URLs of the answer.

            OVER AMQP
              amqp-publish -e billing.start -r Subscription -H 'warren-instance-id: ada' \\
                  -b '{"customer":"Ada","card":"visa","plan":"basic"}'
              amqp-publish -e billing.event -r ada/ChangePlan -b '"pro"'
              amqp-publish -e billing.event -r ada/NewCard -b '"mastercard"'
              amqp-publish -e billing.event -r ada/Disputed -b '"I never came"'
              amqp-publish -e billing.event -r ada/Cancel -b '"I am moving"'
              warren wait ada --hub billing
              amqp-consume -q billing.console cat

            SUBSCRIPTIONS
              plans  basic, 9.00 a month, and pro, 29.00
              cards  any name; `declined` is refused, `flaky` works at the third attempt, `down` never
              --day-seconds 1 makes a day a second: the trial lasts 14, a month 30
            """)

    @OptionGroup var options: HostOptions
    @OptionGroup var http: HTTPOptions

    @Option(help: .init("The length of a day, 1 to 86400; shorter ones are for trying out.", valueName: "seconds"))
    var daySeconds = 86_400

    func validate() throws {
        guard (1...86_400).contains(daySeconds) else { throw ValidationError("--day-seconds is 1 to 86400.") }
    }

    func run() async throws {
        let settings = try options.settings(hub: "billing")
        let logger = settings.logger("billing")
        let configuration = settings.configuration
        let host = try TaskHubHost(configuration, logger: logger)
        registerOrchestrations(with: host, policy: BillingPolicy(day: .seconds(daySeconds)))
        if try options.replaysHistories(with: host) { return }
        if configuration.roles.contains(.activity) {
            try FileManager.default.createDirectory(
                atPath: settings.data, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
            registerActivities(with: host, bank: try Bank(path: "\(settings.data)/billing.sqlite"))
        }
        #if HTTP
        try await serve(host, configuration, health: settings.health, http: http, logger: logger)
        #else
        try await serveWithoutHTTP(host, configuration, health: settings.health, logger: logger)
        #endif
    }
}
