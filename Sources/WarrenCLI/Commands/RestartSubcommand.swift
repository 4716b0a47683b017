import ArgumentParser
import WarrenClient
import WarrenSupport

/// `warren restart`
struct RestartSubcommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "restart",
        abstract: "Start the work of an instance once more.",
        discussion: """
            Starts the same orchestration with the same input and labels, on the code that the hosts have now. Under its own \
            ID the instance must have ended, and its history is gone then; with --new-id both stay. Prints the ID of the \
            instance that runs.

            EXAMPLES
              warren restart order-42
              warren restart order-42 --new-id order-42-again
            """)

    @Argument(help: "The instance's ID.", completion: Completions.instances)
    var id: String

    @Option(help: .init("The ID of the new instance (default: the same).", valueName: "id"))
    var newID: String?

    @OptionGroup(title: "Connection and output")
    var connection: ConnectionOptions

    func run() async throws {
        let running = try await connection.withClient { client in try await client.restart(id, as: newID) }
        if connection.json {
            var object = JSONObjectWriter()
            object.add("instanceId", running)
            object.add("done", "restarted")
            Console.out(object.text)
        } else {
            Console.out(running)
        }
    }
}
