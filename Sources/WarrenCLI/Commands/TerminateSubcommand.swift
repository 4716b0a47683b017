import ArgumentParser
import WarrenClient

/// `warren terminate`
struct TerminateSubcommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "terminate",
        abstract: "End an instance.",
        discussion: """
            The reason becomes its output. Its activities go on to their end, and so do its sub-orchestrations unless \
            --recursive is given; nobody waits for them. `warren list --prefix` with its execution ID shows the \
            sub-orchestrations.

            EXAMPLES
              warren terminate order-42 --reason 'cancelled by the customer'
              warren terminate order-42 --recursive
            """)

    @Flag(help: "Terminate the sub-orchestrations that it waits for, too, and theirs.")
    var recursive = false

    @OptionGroup
    var arguments: ControlArguments

    func run() async throws {
        try await arguments.connection.withClient { client in
            try await client.terminate(
                arguments.id, reason: arguments.reason, recursive: recursive,
                until: arguments.acknowledgement.until)
        }
        arguments.report("terminated")
    }
}
