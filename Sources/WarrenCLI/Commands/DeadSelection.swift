import ArgumentParser
import Warren
import WarrenClient
import WarrenMessaging

/// Selects dead letters: those that are named, or those that meet all the conditions.
struct DeadSelection: ParsableArguments {
    @Argument(help: .init("The letters' IDs.", valueName: "id"))
    var ids: [String] = []

    @Option(name: .customLong("reason"), help: .init("Refused for this reason; may be repeated.", valueName: "reason"))
    var reasons: [String] = []

    @Option(help: .init("Refused at this time or earlier, RFC 3339.", valueName: "time"))
    var before: TimeArgument?

    @Option(help: .init("Refused longer ago than this: 10m, 2h, 7d.", valueName: "duration"))
    var olderThan: DurationArgument?

    @Flag(help: "All letters.")
    var all = false

    @Option(help: .init("How many letters to look at, oldest first, 1 to 2000.", valueName: "count"))
    var limit = TaskHubClient.mostDeadLetters

    private var hasConditions: Bool { !reasons.isEmpty || before != nil || olderThan != nil }

    func validate() throws {
        guard (1...TaskHubClient.mostDeadLetters).contains(limit) else {
            throw ValidationError("--limit is 1 to \(TaskHubClient.mostDeadLetters).")
        }
        let ways = [!ids.isEmpty, hasConditions, all].count { $0 }
        if ways == 0 {
            throw ValidationError("Give letters' IDs, conditions such as --reason and --older-than, or --all.")
        }
        if ways > 1 { throw ValidationError("Give letters' IDs, conditions, or --all: only one of them.") }
    }

    /// Whether a letter is selected.
    func includes(_ letter: DeadLetterEntry, now: Timestamp) -> Bool {
        if all { return true }
        if !ids.isEmpty { return ids.contains(letter.id) }
        if !reasons.isEmpty, !reasons.contains(letter.reason) { return false }
        let latest = [before?.timestamp, olderThan.map { now.advanced(by: .zero - $0.duration) }].compactMap { $0 }
            .min()
        guard let latest else { return true }
        // The age of a letter without a time is unknown.
        return letter.at.map { $0 <= latest } ?? false
    }

    /// Fails if a letter that was named is not among those that were found.
    func check(_ found: some Sequence<DeadLetterEntry>, hub: String) throws {
        let known = Set(found.map(\.id))
        let missing = ids.filter { !known.contains($0) }
        guard let first = missing.first else { return }
        Console.note(
            "Error: Hub '\(hub)' has no dead letter '\(first.printable)'. 'warren dead list' shows those there are.")
        throw ExitStatus.failed
    }
}
