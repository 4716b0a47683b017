import ArgumentParser
import WarrenClient

/// `warren hub create`
struct HubCreateSubcommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "create",
        abstract: "Create a task hub's exchanges and queues.",
        discussion: """
            Creating a hub that exists changes nothing; with another number of partitions it is refused with exit code 5.

            EXAMPLE
              warren hub create --hub orders --partitions 8
            """)

    @Option(help: .init("How many partitions: fixed for the life of the hub, 1 to 99.", valueName: "count"))
    var partitions = 4

    @OptionGroup(title: "Connection and output")
    var connection: ConnectionOptions

    func validate() throws {
        guard (1...99).contains(partitions) else { throw ValidationError("--partitions is 1 to 99.") }
    }

    func run() async throws {
        try await connection.withProvisioning { try await $0.create(partitions: partitions) }
        if connection.json {
            var object = JSONObject()
            object.add("hub", connection.hubName)
            object.add("partitions", partitions)
            Console.out(object.text)
        } else {
            Console.note("hub \(connection.hubName) is there, with \(partitions) partitions")
        }
    }
}
