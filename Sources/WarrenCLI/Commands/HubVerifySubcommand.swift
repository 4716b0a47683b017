import ArgumentParser
import Warren
import WarrenClient
import WarrenSupport

/// `warren hub verify`
struct HubVerifySubcommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify",
        abstract: "Check that a task hub's exchanges and queues are as they should be.",
        discussion: """
            Exits 5 and names the first thing that is missing or different. Says the hub's durability. Needs a host's rights on the broker.

            EXAMPLE
              warren hub verify --partitions 8
            """)

    @Option(help: .init("How many partitions there should be (default: as many as there are).", valueName: "count"))
    var partitions: Int?

    @OptionGroup(title: "Connection and output")
    var connection: ConnectionOptions

    func validate() throws {
        if let partitions, !(1...99).contains(partitions) { throw ValidationError("--partitions is 1 to 99.") }
    }

    func run() async throws {
        let (count, durability) = try await connection.withProvisioning { hub in
            let count = try await hub.verify(partitions: partitions)
            return (count, try await hub.durability(partitions: count))
        }
        if connection.json {
            var object = JSONObjectWriter()
            object.add("hub", connection.hubName)
            object.add("partitions", count)
            object.add("durability", durability.description)
            Console.out(object.text)
        } else {
            Console.note(
                "hub \(connection.hubName) is as it should be, with \(count) partitions and the durability "
                    + "\(durability)")
        }
    }
}
