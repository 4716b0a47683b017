import ArgumentParser
import WarrenClient

/// `warren suspend`
struct SuspendSubcommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "suspend",
        abstract: "Hold an instance until it is resumed.",
        discussion: """
            What arrives meanwhile is kept, in order.

            EXAMPLE
              warren suspend order-42 --reason 'payment provider is down'
            """)

    @Flag(help: "Suspend the sub-orchestrations that it waits for, too, and theirs.")
    var recursive = false

    @OptionGroup
    var arguments: ControlArguments

    func run() async throws {
        try await arguments.connection.withClient { client in
            try await client.suspend(
                arguments.id, reason: arguments.reason, recursive: recursive,
                until: arguments.acknowledgement.until)
        }
        arguments.report("suspended")
    }
}
