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
            to case. With --start the instance is started first if it does not exist, by the same message.

            EXAMPLES
              warren raise leave-7 Approval --data true
              warren raise order-42 Paid --data '{"amount":12}'
              warren raise order-42 Paid --data @payment.json
              warren raise cart-7 AddItem --data '"tea"' --start Cart --input '{"customer":7}'
            """)

    @Argument(help: "The instance's ID.", completion: Completions.instances)
    var id: String

    @Argument(help: "The event's name.")
    var event: String

    @Option(help: .init("The event's data: JSON, @file, or @- for standard input (default: null).", valueName: "json"))
    var data: JSONArgument?

    @Option(help: .init("Start this orchestration under the ID if there is no such instance.", valueName: "name"))
    var start: String?

    @Option(help: .init("With --start: its input, as --data (default: null).", valueName: "json"))
    var input: JSONArgument?

    @Flag(help: "With --start: start it anew if the instance has ended.")
    var replaceFinished = false

    @OptionGroup
    var acknowledgement: AcknowledgementOptions

    @OptionGroup(title: "Connection and output")
    var connection: ConnectionOptions

    func validate() throws {
        if start == nil, input != nil || replaceFinished {
            throw ValidationError("--input and --replace-finished go with --start.")
        }
    }

    func run() async throws {
        let payload = try data.payload(option: "--data")
        let startInput = try input.payload(option: "--input")
        try await connection.withClient { client in
            let until = acknowledgement.until
            guard let start else { return try await client.raise(named: event, payload, to: id, until: until) }
            try await client.raise(
                named: event, payload, to: id, orStart: start, input: startInput,
                ifFinished: replaceFinished ? .replaceFinished : .ignore, until: until)
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
