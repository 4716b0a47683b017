import ArgumentParser
import WarrenClient

/// `warren rewind`
struct RewindSubcommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rewind",
        abstract: "Let a failed instance go on without what failed.",
        discussion: """
            The instance keeps its history, except the results that failed: failed activities are given out again, failed \
            sub-orchestrations are rewound themselves, and nothing that succeeded runs again. If its own code failed it, the \
            last episode runs again, on the code that the hosts have now. Exits 1 if the instance has not failed.

            EXAMPLE
              warren rewind order-42 --reason 'payment provider is back'
            """)

    @OptionGroup
    var arguments: ControlArguments

    func run() async throws {
        try await arguments.connection.withClient { client in
            try await client.rewind(
                arguments.id, reason: arguments.reason, until: arguments.acknowledgement.until)
        }
        arguments.report("rewound")
    }
}
