import ArgumentParser
import WarrenClient
import WarrenSupport

/// `warren hub create`
struct HubCreateSubcommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "create",
        abstract: "Create a task hub's exchanges and queues.",
        discussion: """
            Creating a hub that exists changes nothing; with another number of partitions it is refused with exit code 5. \
            Without --partitions, a hub that exists keeps the number it has.

            A worker in another language consumes its activity's queue and does not declare it. Hosts make the queues of the \
            activities that they know; with --activity they are there before any host has run.

            EXAMPLES
              warren hub create --hub orders --partitions 8
              warren hub create --hub orders --activity charge --activity ship
            """)

    @Option(
        help: .init("How many partitions: fixed for the life of the hub, 1 to 99 (default: 4).", valueName: "count"))
    var partitions: Int?

    @Option(
        name: .customLong("activity"), help: .init("An activity that gets a queue; may be repeated.", valueName: "name")
    )
    var activities: [String] = []

    @OptionGroup(title: "Connection and output")
    var connection: ConnectionOptions

    func validate() throws {
        guard (1...99).contains(partitions ?? 4) else { throw ValidationError("--partitions is 1 to 99.") }
    }

    func run() async throws {
        let count = try await connection.withProvisioning { hub in
            let existing = try await hub.partitionCount()
            let count = partitions ?? (existing > 0 ? existing : 4)
            try await hub.create(partitions: count, activities: activities)
            return count
        }
        if connection.json {
            var object = JSONObjectWriter()
            object.add("hub", connection.hubName)
            object.add("partitions", count)
            if !activities.isEmpty { object.add("activities", Set(activities).sorted()) }
            Console.out(object.text)
        } else {
            Console.note("hub \(connection.hubName) is there, with \(count) partitions")
            for name in Set(activities).sorted() { Console.note("activity \(name) has a queue") }
        }
    }
}
