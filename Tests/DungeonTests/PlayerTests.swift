#if HTTP
import Testing
import Warren
import WarrenClient

@testable import Dungeon

/// The terminal's player: it hears lines and makes moves.
@Suite("The dungeon's player", .timeLimit(.minutes(5)))
struct PlayerTests {
    @Test("Each line that asks for a move gets it, and others' lines get none")
    func moves() {
        var player = Player(name: "Ada")
        var moves: [Move] = []
        for line in [
            "User Bob now has 2 minutes to confirm they are ready.", "Successfully created user Ada",
            "User Ada now has 2 minutes to confirm they are ready.", "Bob sees a Rusty Mace inside the room!",
            "Ada sees a Silver Mace inside the room!", "Ada notices a Grim Ashen Troll in A dark room.",
            "Ada notices a Grim Ashen Troll with a Royal Idol.", "User Bob successfully grabbed Silver Mace.",
            "User Ada successfully grabbed Silver Mace.",
            "User Ada notices Grim Ashen Troll dropped a Royal Idol.", "User Ada nabbed the treasure.",
        ] {
            if let move = player.hear(line) { moves.append(move) }
            #expect(player.end == nil)
        }
        #expect(
            moves == [
                .confirm, .get("Silver Mace"), .kill("Grim Ashen Troll", with: "Silver Mace"), .get("Royal Idol"),
            ])
        #expect(player.hear("Ada has won the game!") == nil && player.end == .won)
    }

    @Test("Who wants to lose does not confirm, and who has no game is told why")
    func ends() {
        var loser = Player(name: "Ada", loses: true)
        #expect(loser.hear("User Ada now has 2 minutes to confirm they are ready.") == nil)
        _ = loser.hear("Ada has died.")
        #expect(loser.end == .died)
        var late = Player(name: "Ada")
        _ = late.hear("Attempt to add duplicate user Ada failed.")
        #expect(late.end == .refused("Somebody of this name has played already."))
    }

    @Test("What is typed is a move, or is not understood")
    func typing() {
        #expect(Move(typed: "confirm") == .confirm)
        #expect(Move(typed: "  get  Silver Mace ") == .get("Silver Mace"))
        #expect(Move(typed: "kill Grim Ashen Troll with Silver Mace") == .kill("Grim Ashen Troll", with: "Silver Mace"))
        #expect(Move(typed: "LEAVE") == .leave)
        for text in [
            "", "get", "kill", "kill with", "kill Troll", "kill Troll with", "kill with Mace", "dance", "confirm it",
        ] {
            #expect(Move(typed: text) == nil, "\(text)")
        }
    }

    @Test("A line that comes again is known, also after very many others")
    func seen() {
        var seen = SeenLines()
        func line(_ number: Int) -> ConsoleLine {
            ConsoleLine(
                text: "", level: .info, instanceID: "i", executionID: "x", orchestration: "O", number: "c\(number)",
                at: Timestamp(microseconds: 0))
        }
        for number in 0..<50_000 {
            let isNew = seen.isNew(line(number))
            let isNewAgain = seen.isNew(line(max(0, number - 5_000)))
            guard isNew && !isNewAgain else {
                Issue.record("line \(number)")
                return
            }
        }
    }
}
#endif
