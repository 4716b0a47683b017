import ArgumentParser
import Warren
import WarrenClient
import WarrenMessaging
import WarrenSupport

/// `warren dead redrive`
struct DeadRedriveSubcommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "redrive",
        abstract: "Publish dead letters again where they came from.",
        discussion: """
            Each is published with its own properties and its own message ID, and removed once the broker has it. The hub \
            checks it like any other message: one that it refuses again is a new dead letter, which is said. Its publisher \
            gets no answer any more; this command waits for it instead, 30 seconds or --timeout for all letters.

            Exits 1 if any letter was refused again or cannot be published again, 4 if no host has answered for one.

            EXAMPLES
              warren dead redrive 3f2a91c04d
              warren dead redrive --reason unknown-orchestration
            """)

    @OptionGroup
    var selection: DeadSelection

    @OptionGroup(title: "Connection and output")
    var connection: ConnectionOptions

    func run() async throws {
        let selection = selection
        let now = Timestamp.now
        let letters = try await connection.withClient { client in
            try await client.redriveDeadLetters(limit: selection.limit, timeout: connection.answerTimeout) {
                selection.includes($0, now: now)
            }.letters
        }
        for letter in letters { report(letter) }
        if letters.isEmpty, selection.ids.isEmpty { Console.note("no dead letters to redrive") }
        try selection.check(letters.map(\.letter), hub: connection.hubName)
        if letters.contains(where: { $0.outcome.isFailure }) { throw ExitStatus.failed }
        if letters.contains(where: { $0.outcome == .unanswered }) { throw ExitStatus.timedOut }
    }

    private func report(_ redriven: RedrivenLetter) {
        let (word, text): (String, String) =
            switch redriven.outcome {
            case .accepted(let instanceID):
                ("accepted", "taken" + (instanceID.map { ", for instance \($0)" } ?? ""))
            case .refused(let why): ("refused", "refused again, and a dead letter again: \(why)")
            case .unanswered: ("unanswered", "the broker has it, and no host has answered yet")
            case .impossible(let why): ("impossible", "stays: \(why)")
            }
        if connection.json {
            var object = JSONObjectWriter()
            object.add("id", redriven.letter.id)
            object.add("outcome", word)
            if case .accepted(let instanceID?) = redriven.outcome { object.add("instanceId", instanceID) }
            if case .refused(let why) = redriven.outcome { object.add("detail", why) }
            if case .impossible(let why) = redriven.outcome { object.add("detail", why) }
            Console.out(object.text)
        } else {
            Console.out("\(redriven.letter.id)  \(text.printable)")
        }
    }
}

extension RedrivenLetter.Outcome {
    fileprivate var isFailure: Bool {
        switch self {
        case .refused, .impossible: true
        case .accepted, .unanswered: false
        }
    }
}
