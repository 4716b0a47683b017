import ArgumentParser
import WarrenClient
import WarrenSupport

/// `warren entity clean`
struct EntityCleanSubcommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "clean",
        abstract: "Remove entities without state, and release locks of orchestrations that have ended.",
        discussion: """
            It walks through all entities, and what it asks of each takes effect only if it still applies: it can run at any \
            time. Locks end with their orchestration; one is left only where a damaged history had to be given up.

            EXAMPLES
              warren entity clean
              warren entity clean --keep-empty
            """)

    @Flag(help: "Leave entities without state.")
    var keepEmpty = false

    @Flag(help: "Leave locks.")
    var keepLocks = false

    @OptionGroup(title: "Connection and output")
    var connection: ConnectionOptions

    func run() async throws {
        let cleanup = try await connection.withClient {
            try await $0.cleanEntities(removingEmpty: !keepEmpty, releasingLocks: !keepLocks)
        }
        if connection.json {
            var object = JSONObjectWriter()
            object.add("emptyEntitiesRemoved", cleanup.emptyEntitiesRemoved)
            object.add("orphanedLocksReleased", cleanup.orphanedLocksReleased)
            Console.out(object.text)
        } else {
            Console.note(
                "removed \(cleanup.emptyEntitiesRemoved) empty entities, released \(cleanup.orphanedLocksReleased) locks"
            )
        }
    }
}
