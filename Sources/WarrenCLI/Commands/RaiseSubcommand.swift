import ArgumentParser
import Warren
import WarrenClient
import WarrenSupport

/// `warren raise`
struct RaiseSubcommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "raise",
        abstract: "Raise an external event to an instance.",
        discussion: """
            The instance takes the event when it waits for one of that name, now or later. Names compare without regard \
            to case.

            EXAMPLES
              warren raise leave-7 Approval --data true
              warren raise order-42 Paid --data '{"amount":12}'
              warren raise order-42 Paid --data @payment.json
            """)

    @Argument(help: "The instance's ID.", completion: Completions.instances)
    var id: String

    @Argument(help: "The event's name.")
    var event: String

    @Option(help: .init("The event's data: JSON, @file, or @- for standard input (default: null).", valueName: "json"))
    var data: JSONArgument?

    @Flag(help: "Return when the broker has the message, even if no host runs to accept it.")
    var confirmedOnly = false

    @OptionGroup(title: "Connection and output")
    var connection: ConnectionOptions

    func run() async throws {
        let payload = try data?.payload(option: "--data") ?? .null
        try await connection.withClient { client in
            try await client.raise(named: event, payload, to: id, until: confirmedOnly ? .confirmed : .accepted)
        }
        if connection.json {
            var object = JSONObjectWriter()
            object.add("instanceId", id)
            object.add("event", event)
            Console.out(object.text)
        } else {
            Console.note("raised \(event) to \(id)")
        }
    }
}
