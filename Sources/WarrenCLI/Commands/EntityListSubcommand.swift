import ArgumentParser
import Warren
import WarrenClient
import WarrenSupport

/// `warren entity list`
struct EntityListSubcommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "List entities, newest first.",
        discussion: """
            All conditions must hold. With --json each entity is one line. Partitions that do not answer within --timeout \
            are named in a note, and with --json in a last line {"incomplete":[3]}.

            EXAMPLES
              warren entity list
              warren entity list --name counter --prefix visits-
              warren entity list --updated-to 2026-11-01T00:00:00Z --deleted
              warren entity list --name account --state --json
            """)

    @Option(help: "The name.")
    var name: String?

    @Option(help: "The name begins so; with --name, the key.")
    var prefix: String?

    @Option(help: .init("Had its last operation at this time or later, RFC 3339.", valueName: "time"))
    var updatedFrom: TimeArgument?

    @Option(help: .init("Had its last operation at this time or earlier, RFC 3339.", valueName: "time"))
    var updatedTo: TimeArgument?

    @Flag(help: "Show states too.")
    var state = false

    @Flag(help: "List entities whose state was deleted, too.")
    var deleted = false

    @Option(help: .init("How many at the most.", valueName: "count"))
    var limit = 100

    @OptionGroup(title: "Connection and output")
    var connection: ConnectionOptions

    func validate() throws {
        if limit < 1 { throw ValidationError("--limit is at least 1.") }
    }

    func run() async throws {
        let query = EntityQuery(
            name: name, prefix: prefix, lastOperationFrom: updatedFrom?.timestamp,
            lastOperationTo: updatedTo?.timestamp, includeState: state, includeDeleted: deleted,
            limit: min(limit, 1000))
        let (entities, hasMore, incomplete) = try await connection.withClient { [query] client in
            var query = query
            var found: [EntityStatus] = []
            var incomplete: Set<Int> = []
            repeat {
                let page = try await client.entities(matching: query)
                found += page.entities
                incomplete.formUnion(page.incomplete)
                query.after = page.next
            } while query.after != nil && found.count < limit
            return (Array(found.prefix(limit)), query.after != nil || found.count > limit, incomplete.sorted())
        }
        for entity in entities {
            Console.out(connection.json ? entity.line(withState: state) : text(entity))
        }
        if entities.isEmpty { Console.note("no entities") }
        if hasMore { Console.note("there are more: narrow the conditions or raise --limit") }
        guard !incomplete.isEmpty else { return }
        if connection.json { Console.out(MissingPartitions.json(incomplete).text) }
        Console.note(
            "the list is incomplete: " + MissingPartitions.explanation(incomplete, within: connection.answerTimeout))
    }

    private func text(_ entity: EntityStatus) -> String {
        var parts = ["\(entity.id)".printable, entity.lastOperationAt.shortText]
        if !entity.exists { parts.append("deleted") }
        if let owner = entity.lockedBy { parts.append("locked by \(owner)".printable) }
        if let state = entity.state { parts.append(state.json.printable) }
        return parts.joined(separator: "  ")
    }
}
