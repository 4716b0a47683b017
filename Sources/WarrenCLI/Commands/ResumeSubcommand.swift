import ArgumentParser
import WarrenClient

/// `warren resume`
struct ResumeSubcommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "resume",
        abstract: "Let a suspended instance go on.",
        discussion: """
            It gets what was kept for it, in order.

            EXAMPLE
              warren resume order-42 --reason 'payment provider is back'
            """)

    @Flag(help: "Resume the sub-orchestrations that it waits for, too, and theirs.")
    var recursive = false

    @OptionGroup
    var arguments: ControlArguments

    func run() async throws {
        try await arguments.connection.withClient { client in
            try await client.resume(
                arguments.id, reason: arguments.reason, recursive: recursive,
                until: arguments.acknowledgement.until)
        }
        arguments.report("resumed")
    }
}
