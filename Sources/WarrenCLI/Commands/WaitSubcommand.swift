import ArgumentParser
import Warren
import WarrenClient

/// `warren wait`
struct WaitSubcommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "wait",
        abstract: "Wait until an instance has ended, and print its output.",
        discussion: """
            Exits 0 when it completed, 1 when it failed or was terminated, 4 when --timeout was up first. Without \
            --timeout it waits as long as it takes; nothing polls.

            EXAMPLES
              warren wait order-42
              warren wait order-42 --timeout 5m --json
            """)

    @Argument(help: "The instance's ID.", completion: Completions.instances)
    var id: String

    @OptionGroup(title: "Connection and output")
    var connection: ConnectionOptions

    func run() async throws {
        try await connection.withClient { client in
            try await InstanceEnd(client: client, connection: connection).report(id) {
                try await client.output(of: id, timeout: connection.endTimeout)
            }
        }
    }
}
