import ArgumentParser
import Warren
import WarrenClient
import WarrenSupport

/// `warren entity signal`
struct EntitySignalSubcommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "signal",
        abstract: "Send an operation to an entity, without an answer.",
        discussion: """
            The command returns when a host has taken the operation. It has not run by then; if it fails, the state stays as \
            it was, and the host's log says so.

            EXAMPLES
              warren entity signal counter visits add --data 5
              warren entity signal account alice close
              warren entity signal reminder lunch ring --at 2026-11-21T12:00:00Z
            """)

    @OptionGroup
    var target: EntityArguments

    @Argument(help: "The operation's name.")
    var operation: String

    @Option(help: .init("The input: JSON, @file, or @- for standard input (default: null).", valueName: "json"))
    var data: JSONArgument?

    @Option(help: .init("Does not run before this time, RFC 3339.", valueName: "time"))
    var at: TimeArgument?

    @OptionGroup
    var acknowledgement: AcknowledgementOptions

    @OptionGroup(title: "Connection and output")
    var connection: ConnectionOptions

    func run() async throws {
        let id = try target.checkedID
        let input = try data.payload(option: "--data")
        try await connection.withClient { client in
            try await client.signal(
                named: operation, input, on: id, at: at?.timestamp.date, until: acknowledgement.until)
        }
        if connection.json {
            var object = JSONObjectWriter()
            object.add("name", id.name)
            object.add("key", id.key)
            object.add("operation", operation)
            Console.out(object.text)
        } else {
            Console.note("sent \(operation) to \(id)")
        }
    }
}
