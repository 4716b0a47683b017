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

/// `orders`: a host that takes orders from the shelf to the parcel.
@main
struct OrdersCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "orders",
        abstract:
            "Run the orders sample: check inventory, charge, ship, and undo what was done when one of them fails.",
        discussion: """
            Prints `ready` and its address on standard output when it takes messages; logs go to standard error. SIGTERM \
            or Ctrl-C stops it.

            OVER HTTP
              curl -d '{"item":"keyboard","card":"visa","address":"1 Main Street"}' \\
                  http://127.0.0.1:7071/api/orchestrators/Order/order-1
            and then the URLs of the answer.

            OVER AMQP
              amqp-publish -e orders.start -r Order -H 'warren-instance-id: order-2' \\
                  -b '{"item":"server","card":"visa","address":"1 Main Street"}'
              amqp-publish -e orders.event -r order-2/Approved -b true
              warren wait order-2 --hub orders

            ORDERS
              items      cable, keyboard, monitor, and server, which costs so much that somebody has to approve
              cards      any name; `declined` is refused, `flaky` works at the third attempt, `down` never
              addresses  any text; nothing can be sent to `nowhere`

            THE ACTIVITY charge AS A PYTHON PROGRAM
              orders --without-charge --data data
              python3 Sources/Samples/Orders/Workers/charge.py BROKER-URL orders data/orders.sqlite
            """)

    @OptionGroup var options: HostOptions
    @OptionGroup var http: HTTPOptions

    @Flag(help: "Leave the activity `charge` to another program, such as Workers/charge.py.")
    var withoutCharge = false

    func run() async throws {
        let settings = try options.settings(hub: "orders")
        let logger = settings.logger("orders")
        var configuration = settings.configuration
        if withoutCharge { configuration.activities.foreign.insert(Orders.charge.name) }
        let host = try TaskHubHost(configuration, logger: logger)
        registerOrchestrations(with: host)
        if try options.replaysHistories(with: host) { return }
        if configuration.roles.contains(.activity) {
            try FileManager.default.createDirectory(
                atPath: settings.data, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
            registerActivities(
                with: host, shop: try Shop(path: "\(settings.data)/orders.sqlite"), charging: !withoutCharge)
        }
        #if HTTP
        try await serve(host, configuration, health: settings.health, http: http, logger: logger)
        #else
        try await serveWithoutHTTP(host, configuration, health: settings.health, logger: logger)
        #endif
    }
}
