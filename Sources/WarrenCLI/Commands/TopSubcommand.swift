import ArgumentParser
import Warren
import WarrenClient
import WarrenMessaging
import WarrenSupport

/// `warren top`
struct TopSubcommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "top",
        abstract: "Watch a hub: instances by status, rates, the owners of partitions, and what has waited the longest.",
        discussion: """
            Shows the hub every --interval until it is interrupted, or --count times. On a terminal each view takes the \
            place of the one before; elsewhere one follows the other, with --json each as one line.

            Rates are differences of two views: "new" is the growth of the number of all instances, "ended" that of \
            ended ones, so a purge makes them smaller. Whose the partitions are needs a host's rights on the broker, as \
            'warren hub show --owners' does; without them, it is left out. The longest waiting are the open instances \
            that have not moved for the longest time.

            EXAMPLES
              warren top
              warren top --interval 10s --limit 25
              warren top --count 1 --json | jq .counts.Failed
            """)

    @Option(help: .init("How often, 1s at the least (default: 2s).", valueName: "duration"))
    var interval: DurationArgument?

    @Option(help: .init("How many views; without it, until interrupted.", valueName: "count"))
    var count: Int?

    @Option(help: .init("How many waiting instances to show, 0 to 1000.", valueName: "count"))
    var limit = 10

    @OptionGroup(title: "Connection and output")
    var connection: ConnectionOptions

    func validate() throws {
        if let interval, interval.duration < .seconds(1) { throw ValidationError("--interval is 1s at the least.") }
        if let count, count < 1 { throw ValidationError("--count is at least 1.") }
        if !(0...1000).contains(limit) { throw ValidationError("--limit is 0 to 1000.") }
    }

    func run() async throws {
        try await connection.withClient { client in
            try await connection.withProvisioning { hub in
                let partitions: Int
                let durability: Durability
                do {
                    partitions = try await hub.verify(partitions: nil)
                    durability = try await hub.durability(partitions: partitions)
                } catch {
                    Console.note("whose the partitions are is not known: \(ExitStatus.explanation(of: error))")
                    return try await watch(client) { nil }
                }
                try await watch(client) {
                    durability == .journal
                        ? .shared(try await hub.sharing(partitions: partitions))
                        : .records(try await hub.owners(partitions: partitions))
                }
            }
        }
    }

    /// Shows views, one after the other.
    ///
    /// - Parameter owners: asks for the owners of the partitions.
    private func watch(_ client: TaskHubClient, owners: () async throws -> OwnersReport?) async throws {
        let clock = ContinuousClock()
        let isRedrawn = Console.isTerminal && !connection.json
        var earlier: TopView?
        var shown = 0
        while true {
            let began = clock.now
            let view = try await view(client, owners: owners).comparing(with: earlier)
            if connection.json {
                Console.out(view.json.text)
            } else {
                let lines = view.lines(.standard).joined(separator: "\n")
                // Back to the first column of the first line, and everything below is cleared.
                Console.out(isRedrawn ? "\u{1B}[H\u{1B}[2J" + lines : (shown == 0 ? lines : "\n" + lines))
            }
            earlier = view
            shown += 1
            if let count, shown >= count { return }
            try await clock.sleep(until: began + (interval?.duration ?? .seconds(2)))
        }
    }

    private func view(_ client: TaskHubClient, owners: () async throws -> OwnersReport?) async throws -> TopView {
        let counted = try await client.counts(InstanceCountQuery(InstanceQuery()), timeout: connection.answerTimeout)
        var waiting: [OrchestrationStatus] = []
        if limit > 0 {
            waiting = try await client.list(InstanceQuery(limit: limit, order: .longestWaiting)).instances
        }
        return TopView(
            hub: connection.hubName, at: .now,
            counts: Dictionary(counted.counts.cells.map { ($0.status, $0.count) }, uniquingKeysWith: +),
            waiting: waiting, owners: try await owners(),
            incomplete: counted.incomplete)
    }
}
