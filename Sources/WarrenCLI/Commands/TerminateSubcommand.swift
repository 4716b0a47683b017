import ArgumentParser
import WarrenClient

/// `warren terminate`
struct TerminateSubcommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "terminate",
        abstract: "End an instance.",
        discussion: """
            The reason becomes its output. Activities that are running go on to their end; nobody waits for them.

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
