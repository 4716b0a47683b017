import ArgumentParser
import Warren
import WarrenClient
import WarrenSupport

/// `warren status`
struct StatusSubcommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "status",
        abstract: "Show one instance.",
        discussion: """
            Exits 0 when the instance exists, whatever its status, and 1 when it does not. A history is shown whole, however \
            long it is. What the host's answer has no room for is named, with the way to get it.

            EXAMPLES
              warren status order-42
              warren status order-42 --history
              warren status order-42 --json | jq -r .runtimeStatus
            """)

    @Argument(help: "The instance's ID.", completion: Completions.instances)
    var id: String

    @Flag(help: "Show the history of its present generation too.")
    var history = false

    @OptionGroup(title: "Connection and output")
    var connection: ConnectionOptions

    func run() async throws {
        let isComplete = try await connection.withClient { client -> Bool? in
            guard history else { return show(try await client.status(of: id)) }
            let status = try await client.historyPart(of: id)
            guard status?.historyNext != nil else { return show(status) }
            return try await showLong(client)
        }
        guard let isComplete else {
            Console.note(
                "Error: Hub '\(connection.hubName)' has no instance '\(id)'. 'warren list' shows those that there are.")
            throw ExitStatus.failed
        }
        guard isComplete else { throw ExitStatus.failed }
    }

    /// - Returns: `nil` if there is nothing to show.
    private func show(_ status: OrchestrationStatus?) -> Bool? {
        guard let status else { return nil }
        if connection.json {
            Console.out(StatusJSON.text(status))
        } else {
            StatusReport(status: status, style: .standard, now: .now).lines.forEach(Console.out)
        }
        return true
    }

    /// Shows a history that is longer than one answer holds, part by part.
    ///
    /// - Returns: whether all of it could be shown; `nil` if there is no such instance any more.
    private func showLong(_ client: TaskHubClient) async throws -> Bool? {
        guard let (walk, _) = try await client.historyWalk(of: id, (), look: { _, _ in }) else { return nil }
        var lines = HistoryLines(count: walk.events, style: .standard)
        if connection.json {
            Console.put(StatusJSON.openText(walk.status) + ",\"historyEvents\":[")
        } else {
            _ = show(walk.status)
            Console.out(lines.heading)
        }
        var given = 0
        var parts = walk.parts()
        while let events = try await parts.next() {
            if connection.json {
                Console.put((given == 0 ? "" : ",") + events.map(\.json).joined(separator: ","))
            } else {
                for event in events { Console.out(lines.line(event)) }
            }
            given += events.count
        }
        let isComplete = given == walk.events
        let problem =
            "\(walk.events - given) of \(walk.events) events could not be read: the instance continued as new or was purged "
            + "meanwhile. Ask again."
        if connection.json {
            Console.out(isComplete ? "]}" : "],\"historyOmitted\":\(JSONText.quoted(problem))}")
        }
        if !isComplete { Console.note(problem) }
        return isComplete
    }
}
