import ArgumentParser
import Warren
import WarrenClient

/// `warren history`
struct HistorySubcommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "history",
        abstract: "Print an instance's history, event by event, and follow it.",
        discussion: """
            One line for each event, as hosts recorded them: what the orchestrator asked for, what was answered, what \
            arrived. With --json a line is the event as a JSON object. A history of any length is read a page at a time, \
            so the first lines come at once.

            With --follow, goes on with the events that happen later until the instance has ended: the host reports them \
            as it records them. When the instance continues as new, its next history follows, with a note on standard \
            error. Exits 0 at the end, however the instance ended, and 1 if there is no such instance.

            EXAMPLES
              warren history order-42
              warren history order-42 --follow
              warren history order-42 --json | jq -c 'select(.type == "TaskFailed")'
            """)

    @Argument(help: "The instance's ID.", completion: Completions.instances)
    var id: String

    @Flag(name: .shortAndLong, help: "Go on with later events until the instance has ended.")
    var follow = false

    @OptionGroup(title: "Connection and output")
    var connection: ConnectionOptions

    func run() async throws {
        let isKnown = try await connection.withClient { client in try await print(client) }
        guard isKnown else {
            Console.note(
                "Error: Hub '\(connection.hubName)' has no instance '\(id)'. 'warren list' shows those that there are.")
            throw ExitStatus.failed
        }
    }

    /// - Returns: whether there was such an instance.
    private func print(_ client: TaskHubClient) async throws -> Bool {
        var tail = try client.historyTail(of: id)
        var lines = HistoryLines(count: 1000, style: .standard)
        var isFirst = true
        var isBehind = true
        while let part = try await isBehind ? tail.next() : tail.news() {
            isFirst = false
            isBehind = !part.isAtEnd
            if part.isNextExecution {
                Console.note("instance \(id) has a new execution, \(part.status.executionID)")
                lines = HistoryLines(count: 1000, style: .standard)
            }
            for event in part.events { Console.out(connection.json ? event.json : lines.line(event)) }
            guard part.isAtEnd else { continue }
            if part.status.runtimeStatus.isTerminal {
                if follow { Console.note("instance \(id) ended: \(part.status.runtimeStatus.rawValue)") }
                return true
            }
            guard follow else { return true }
        }
        if !isFirst { Console.note("instance \(id) is gone: it was purged") }
        return !isFirst
    }
}
