import ArgumentParser
import WarrenClient

/// `warren terminate`
struct TerminateSubcommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "terminate",
        abstract: "End an instance.",
        discussion: """
            The reason becomes its output. Its activities and sub-orchestrations go on to their end; nobody waits for them. \
            `warren list --prefix` with its execution ID shows the sub-orchestrations.

            EXAMPLE
              warren terminate order-42 --reason 'cancelled by the customer'
            """)

    @OptionGroup
    var arguments: ControlArguments

    func run() async throws {
        try await arguments.connection.withClient { client in
            try await client.terminate(
                arguments.id, reason: arguments.reason, until: arguments.confirmedOnly ? .confirmed : .accepted)
        }
        arguments.report("terminated")
    }
}
