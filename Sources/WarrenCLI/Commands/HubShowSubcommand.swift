import ArgumentParser
import WarrenClient

/// `warren hub show`
struct HubShowSubcommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show",
        abstract: "Show a task hub's queues and how many messages wait in them.",
        discussion: """
            Works without a host. Messages that a host has fetched and not acknowledged are not counted. With --owners, \
            also which host and data directory each partition belongs to; that needs a host's rights on the broker.

            EXAMPLE
              warren hub show --json | jq '.queues[] | select(.messages > 0)'
            """)

    @Flag(help: "Also show whose each partition is.")
    var owners = false

    @OptionGroup(title: "Connection and output")
    var connection: ConnectionOptions

    func run() async throws {
        let (partitions, depths, owners) = try await connection.withProvisioning { hub in
            let partitions = try await hub.verify(partitions: nil)
            let owners = self.owners ? try await hub.owners(partitions: partitions).map { $0.map { "\($0)" } } : []
            return (partitions, try await hub.depths(partitions: partitions), owners)
        }
        guard connection.json else {
            let style = Style.standard
            let width = max("QUEUE".count, depths.map { $0.queue.count }.max() ?? 0)
            Console.out("hub \(connection.hubName), \(partitions) partitions")
            Console.out(style.faint("QUEUE".padded(to: width) + "  MESSAGES"))
            for (queue, messages) in depths { Console.out(queue.padded(to: width) + "  \(messages)") }
            if !owners.isEmpty { Console.out(style.faint("PARTITION  OWNER")) }
            for (partition, owner) in owners.enumerated() {
                Console.out("\(partition)".padded(to: 9) + "  \(owner ?? "nobody yet")")
            }
            return
        }
        let queues = depths.map { queue, messages in
            var object = JSONObject()
            object.add("queue", queue)
            object.add("messages", messages)
            return object.text
        }
        var object = JSONObject()
        object.add("hub", connection.hubName)
        object.add("partitions", partitions)
        object.add("queues", raw: "[" + queues.joined(separator: ",") + "]")
        if !owners.isEmpty {
            let texts = owners.map { $0.map(JSONObject.quoted) ?? "null" }
            object.add("owners", raw: "[" + texts.joined(separator: ",") + "]")
        }
        Console.out(object.text)
    }
}
