import ArgumentParser
import Synchronization
import Warren
import WarrenClient
import WarrenMessaging

/// `warren dead list`
struct DeadListSubcommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "List dead letters, oldest first.",
        discussion: """
            Shows when, why and from where each message was refused. With --json each letter is one line, with the remedy and \
            without the body.

            EXAMPLES
              warren dead list
              warren dead list --reason bad-name --json | jq .detail
            """)

    @Option(name: .customLong("reason"), help: .init("Refused for this reason; may be repeated.", valueName: "reason"))
    var reasons: [String] = []

    @Option(help: .init("How many letters to look at, oldest first, 1 to 2000.", valueName: "count"))
    var limit = 100

    @OptionGroup(title: "Connection and output")
    var connection: ConnectionOptions

    func validate() throws {
        guard (1...TaskHubClient.mostDeadLetters).contains(limit) else {
            throw ValidationError("--limit is 1 to \(TaskHubClient.mostDeadLetters).")
        }
    }

    func run() async throws {
        let isJSON = connection.json
        let reasons = reasons
        // Keeps a line for each, without bodies: a listing of large letters needs no memory for them.
        let rows = Mutex<[DeadLetterTable.Row]>([])
        let visit = try await connection.withClient { client in
            try await client.visitDeadLetters(limit: limit, patience: connection.timeout?.duration ?? .seconds(10)) {
                letter in
                guard reasons.isEmpty || reasons.contains(letter.reason) else { return .keep }
                if isJSON { Console.out(DeadLetterJSON(letter, withBody: false).text) }
                rows.withLock { $0.append(DeadLetterTable.Row(letter)) }
                return .keep
            }
        }
        let found = rows.withLock { $0 }
        if !isJSON && !found.isEmpty { DeadLetterTable(rows: found, style: .standard).lines.forEach(Console.out) }
        if found.isEmpty { Console.note(reasons.isEmpty ? "no dead letters" : "no dead letters of that reason") }
        if visit.seen < min(limit, visit.waiting) {
            Console.note("others read the queue at this moment: \(visit.seen) of \(visit.waiting) letters were seen")
        } else if visit.waiting > visit.seen {
            Console.note("\(visit.waiting - visit.seen) more were not looked at: raise --limit")
        }
    }
}
