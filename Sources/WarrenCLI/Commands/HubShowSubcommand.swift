import ArgumentParser
import WarrenClient

/// `warren hub show`
struct HubShowSubcommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show",
        abstract: "Show a task hub's queues and how many messages wait in them.",
        discussion: """
            Works without a host. Messages that a host has fetched and not acknowledged are not counted.

            EXAMPLE
              warren hub show --json | jq '.queues[] | select(.messages > 0)'
            """)

    @OptionGroup(title: "Connection and output")
    var connection: ConnectionOptions

    func run() async throws {
        let (partitions, depths) = try await connection.withProvisioning { hub in
            let partitions = try await hub.verify(partitions: nil)
            return (partitions, try await hub.depths(partitions: partitions))
        }
        guard connection.json else {
            let style = Style.standard
            let width = max("QUEUE".count, depths.map { $0.queue.count }.max() ?? 0)
            Console.out("hub \(connection.hubName), \(partitions) partitions")
            Console.out(style.faint("QUEUE".padded(to: width) + "  MESSAGES"))
            for (queue, messages) in depths { Console.out(queue.padded(to: width) + "  \(messages)") }
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
        Console.out(object.text)
    }
}
