import ArgumentParser
import Synchronization
import Warren
import WarrenClient
import WarrenMessaging
import WarrenSupport

/// `warren dead purge`
struct DeadPurgeSubcommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "purge",
        abstract: "Remove dead letters for good.",
        discussion: """
            Give IDs, conditions that must all hold, or --all. Asks before it removes anything if a person sits at the \
            terminal, unless --yes is given.

            EXAMPLES
              warren dead purge 3f2a91c04d
              warren dead purge --reason bad-name --older-than 7d
              warren dead purge --all --yes
            """)

    @OptionGroup
    var selection: DeadSelection

    @Flag(help: "Do not ask.")
    var yes = false

    @OptionGroup(title: "Connection and output")
    var connection: ConnectionOptions

    func run() async throws {
        let selection = selection
        let now = Timestamp.now
        let patience = connection.timeout?.duration ?? .seconds(10)
        let isAsked = !yes && Console.isInteractive
        let (found, removed) = try await connection.withClient { client in
            // 1. Finds the selected letters, and shows them before they are removed.
            var found: [String] = []
            if isAsked || !selection.ids.isEmpty {
                let wanted = Mutex<[DeadLetterEntry]>([])
                _ = try await client.visitDeadLetters(limit: selection.limit, patience: patience) { letter in
                    if selection.includes(letter, now: now) { wanted.withLock { $0.append(letter) } }
                    return .keep
                }
                let letters = wanted.withLock { $0 }
                try selection.check(letters, hub: connection.hubName)
                found = letters.map(\.id)
                if isAsked && !found.isEmpty {
                    let count = "\(found.count) dead \(found.count == 1 ? "letter" : "letters")"
                    guard Console.confirms("Remove \(count) of hub \(connection.hubName) for good?") else {
                        Console.note("nothing was removed")
                        throw ExitStatus.failed
                    }
                }
                if found.isEmpty { return (found, 0) }
            }
            // 2. Removes the letters: only those that were shown, if a person confirmed.
            let seen = Set(found)
            let removed = Mutex(0)
            _ = try await client.visitDeadLetters(limit: selection.limit, patience: patience) { letter in
                guard selection.includes(letter, now: now), !isAsked || seen.contains(letter.id) else { return .keep }
                removed.withLock { $0 += 1 }
                return .remove
            }
            return (found, removed.withLock { $0 })
        }
        _ = found
        if connection.json {
            var object = JSONObjectWriter()
            object.add("lettersDeleted", removed)
            Console.out(object.text)
        } else {
            Console.note("purged \(removed) dead \(removed == 1 ? "letter" : "letters")")
        }
    }
}
