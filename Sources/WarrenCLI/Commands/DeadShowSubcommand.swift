import ArgumentParser
import Synchronization
import Warren
import WarrenClient
import WarrenMessaging

/// `warren dead show`
struct DeadShowSubcommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show",
        abstract: "Show one dead letter: its reason, its origin, what to do about it, and what it says.",
        discussion: """
            Exits 1 if there is no such letter.

            EXAMPLE
              warren dead show 3f2a91c04d
            """)

    @Argument(help: "The letter's ID, as 'warren dead list' gives it.")
    var id: String

    @OptionGroup(title: "Connection and output")
    var connection: ConnectionOptions

    func run() async throws {
        let id = id
        let found = Mutex<DeadLetterEntry?>(nil)
        _ = try await connection.withClient { client in
            try await client.visitDeadLetters(
                limit: TaskHubClient.mostDeadLetters, patience: connection.timeout?.duration ?? .seconds(10)
            ) { letter in
                if letter.id == id { found.withLock { $0 = $0 ?? letter } }
                return .keep
            }
        }
        guard let letter = found.withLock({ $0 }) else {
            Console.note(
                "Error: Hub '\(connection.hubName)' has no dead letter '\(id.printable)'. 'warren dead list' shows those "
                    + "there are.")
            throw ExitStatus.failed
        }
        if connection.json {
            Console.out(DeadLetterJSON(letter, withBody: true).text)
        } else {
            DeadLetterReport(letter: letter, style: .standard).lines.forEach(Console.out)
        }
    }
}
