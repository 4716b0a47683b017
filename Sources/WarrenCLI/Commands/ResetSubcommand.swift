import ArgumentParser
import WarrenClient
import WarrenSupport

/// `warren reset`
struct ResetSubcommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "reset",
        abstract: "Let an instance go on from an earlier point of its history.",
        discussion: """
            The instance goes on from before an event, whether it runs or has ended. What it did from there on is forgotten: \
            late results are dropped. Activities that were called before and not answered by then are given out again, timers \
            are set again, and external events that came later come again unless --drop-events is given.

            Prints the sub-orchestrations that were called after the point, one a line. They run on and nobody waits for \
            them; --recursive terminates them. Exits 1 if there is no such point.

            EXAMPLES
              warren history order-42
              warren reset order-42 --before-event 12 --reason 'wrong rate'
            """)

    @Argument(help: "The instance's ID.", completion: Completions.instances)
    var id: String

    @Option(help: .init("The number of the event, as 'warren history' shows it.", valueName: "number"))
    var beforeEvent: Int

    @Option(help: "Why: recorded in the history.")
    var reason: String?

    @Flag(help: "Forget external events that came after the point, too.")
    var dropEvents = false

    @Flag(help: "Terminate the sub-orchestrations that were called after the point.")
    var recursive = false

    @OptionGroup(title: "Connection and output")
    var connection: ConnectionOptions

    func validate() throws {
        if beforeEvent < 1 { throw ValidationError("Events are numbered from 1: see 'warren history \(id)'.") }
    }

    func run() async throws {
        let children = try await connection.withClient { client in
            try await client.reset(
                id, toBefore: beforeEvent, droppingEvents: dropEvents, recursive: recursive, reason: reason)
        }
        if connection.json {
            var object = JSONObjectWriter()
            object.add("instanceId", id)
            object.add("done", "reset")
            object.add("children", children)
            return Console.out(object.text)
        }
        for child in children { Console.out(child) }
        Console.note("reset \(id) to before event \(beforeEvent)")
    }
}
