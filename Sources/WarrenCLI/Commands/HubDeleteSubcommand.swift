import ArgumentParser
import Warren
import WarrenClient
import WarrenSupport

/// `warren hub delete`
struct HubDeleteSubcommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "delete",
        abstract: "Delete a task hub's exchanges and queues, with all that is in them, for good.",
        discussion: """
            Instances of a hub with journals are gone with it; those of a hub of durability local stay in the files of \
            their host, which are of no use without it. Exits 1 and changes nothing while a host runs. Asks before it \
            deletes if a person sits at the terminal; otherwise --yes is needed. It may be interrupted: run it again.

            A broker does not say over AMQP which queues there are, so queues of activities that --activity does not name \
            stay, and so do copies of journalled partitions. A note says how to find them.

            EXAMPLES
              warren hub delete --hub orders-test --activity charge --activity ship
              warren hub delete --hub orders-test --yes
            """)

    @Option(
        name: .customLong("activity"),
        help: .init("An activity whose queue goes, too; may be repeated.", valueName: "name"))
    var activities: [String] = []

    @Flag(help: "Do not ask.")
    var yes = false

    @OptionGroup(title: "Connection and output")
    var connection: ConnectionOptions

    func run() async throws {
        if !yes {
            guard Console.isInteractive else {
                throw UsageError("Nobody can be asked whether to delete hub \(connection.hubName): add --yes.")
            }
            guard Console.confirms("Delete hub \(connection.hubName) with everything in its queues, for good?") else {
                Console.note("nothing was deleted")
                throw ExitStatus.failed
            }
        }
        var gone: [String] = []
        try await connection.withProvisioning { hub in
            _ = try await hub.delete(activities: activities) { name in
                gone.append(name)
                Console.progress("deleted \(name)")
            }
        }
        Console.progress("")
        if connection.json {
            var object = JSONObjectWriter()
            object.add("hub", connection.hubName)
            object.add("deleted", gone)
            Console.out(object.text)
        } else {
            Console.note("hub \(connection.hubName) is gone: \(gone.count) exchanges and queues")
        }
        Console.note(
            "what is left of it: rabbitmqctl list_queues name | grep '^\(connection.hubName)\\.'; each goes with "
                + "rabbitmqctl delete_queue NAME")
    }
}
