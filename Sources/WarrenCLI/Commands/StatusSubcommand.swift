import ArgumentParser
import Warren
import WarrenClient

/// `warren status`
struct StatusSubcommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "status",
        abstract: "Show one instance.",
        discussion: """
            Exits 0 when the instance exists, whatever its status, and 1 when it does not.

            EXAMPLES
              warren status order-42
              warren status order-42 --history
              warren status order-42 --json | jq -r .runtimeStatus
            """)

    @Argument(help: "The instance's ID.")
    var id: String

    @Flag(help: "Show the history of its present generation too.")
    var history = false

    @OptionGroup(title: "Connection and output")
    var connection: ConnectionOptions

    func run() async throws {
        let status = try await connection.withClient { try await $0.status(of: id, includeHistory: history) }
        guard let status else {
            Console.note(
                "Error: Hub '\(connection.hubName)' has no instance '\(id)'. 'warren list' shows those that there are.")
            throw ExitStatus.failed
        }
        if connection.json {
            Console.out(StatusJSON(status).text)
        } else {
            StatusReport(status: status, style: .standard, now: .now).lines.forEach(Console.out)
        }
    }
}
