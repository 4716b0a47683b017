import ArgumentParser
import Warren
import WarrenClient

/// `warren entity get`
struct EntityGetSubcommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "get",
        abstract: "Print the state of an entity, as JSON.",
        discussion: """
            What waits at it is on stderr: how many requests, and the first ten with their operations and senders. With \
            --json, the entity is one line with its times, the orchestration that has locked it, and what waits. The exit \
            code is 1 if there is no such entity.

            EXAMPLES
              warren entity get counter visits
              warren entity get account alice | jq .balance
            """)

    @OptionGroup
    var target: EntityArguments

    @OptionGroup(title: "Connection and output")
    var connection: ConnectionOptions

    func run() async throws {
        let id = try target.checkedID
        let entity = try await connection.withClient { try await $0.entity(id) }
        if !connection.json { entity?.queueLines.forEach { Console.note($0) } }
        guard let entity, let state = entity.state else {
            Console.note(
                "Error: Hub '\(connection.hubName)' has no entity '\(id)'. 'warren entity list' shows those that there are."
            )
            throw ExitStatus.failed
        }
        Console.out(connection.json ? entity.line(withState: true) : state.json)
    }
}
