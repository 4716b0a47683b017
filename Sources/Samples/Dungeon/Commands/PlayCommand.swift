import ArgumentParser
import SampleSupport
import WarrenClient

/// `dungeon play`: plays a game from the terminal, by messages only.
struct PlayCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "play",
        abstract: "Play a whole game by publishing messages and reading the console, nothing else.",
        discussion: """
            Publishes NewUser and Action to the hub's start exchange and ApprovalTask to its event exchange, and learns \
            everything from the console queue; what it has read is off the queue. Prints what concerns the player, and \
            `> …` for each move. Readers of a queue share its lines: if somebody else reads it already, the game is \
            played by a copy of the lines, and if somebody joins later, it ends.

            EXIT STATUS
              0  the game was won, or lost as --lose asked for
              1  it ended otherwise, or there was none: the name is taken

            MOVES with --interactive
              confirm | get THING | kill MONSTER with WEAPON | leave
            """)

    @OptionGroup var options: BrokerOptions

    @Argument(help: "The player's name; nobody may have played by it before.")
    var name: String

    @Flag(help: "Do not confirm, and wait to die.")
    var lose = false

    @Flag(help: "Ask for the moves on standard input instead of making them.")
    var interactive = false

    @Flag(help: "Read a copy of the console's lines, and leave those in the queue to others.")
    var copy = false

    func validate() throws {
        if lose && interactive { throw ValidationError("--lose plays by itself; leave out --interactive.") }
    }

    func run() async throws {
        let client = try await options.connect()
        let end: Player.End?
        do {
            end = try await play(client)
        } catch {
            await client.close()
            throw error
        }
        await client.close()
        switch end {
        case .won where !lose: StandardOutput.say("Victory!")
        case .died where lose: StandardOutput.say("Dead, as intended.")
        case .won: throw Ended("won, though --lose was asked for")
        case .died: throw Ended("\(name) is dead")
        case .refused(let why): throw Ended(why)
        case nil: throw Ended("left before the end")
        }
    }

    private func play(_ client: TaskHubClient) async throws -> Player.End? {
        // Read before anything happens, so that nothing is missed.
        let console = try await PlayerConsole.open(client, copying: copy)
        if console.isCopy && !copy { StandardOutput.say("> somebody reads the console queue: playing by a copy of it") }
        try await send(.newUser, client)
        let end = try await withThrowingTaskGroup(of: Part.self) { group in
            group.addTask { .ended(try await follow(console, client)) }
            if !console.isCopy { group.addTask { try await console.waitForOthers(client) } }
            if interactive { group.addTask { try await prompt(client) } }
            defer { group.cancelAll() }
            for try await part in group {
                switch part {
                case .ended(let end): return end
                case .left: return nil
                // Nobody is there to move any more; what happens is told still.
                case .inputEnded: continue
                }
            }
            return nil
        }
        await console.lines.close()
        return end
    }

    /// The outcome of following the console, or of asking for moves.
    enum Part {
        case ended(Player.End?)
        case left
        case inputEnded
    }

    private func follow(_ console: PlayerConsole, _ client: TaskHubClient) async throws -> Player.End? {
        var player = Player(name: name, loses: lose)
        var seen = SeenLines()
        var old = console.old
        var lines = console.lines.makeAsyncIterator()
        while let line = try await lines.next() {
            old -= 1
            guard old < 0, seen.isNew(line), line.text.contains(name) else { continue }
            StandardOutput.say(line.text)
            let move = player.hear(line.text)
            if let end = player.end {
                lines.acknowledge()
                return end
            }
            if let move, !interactive { try await send(.move(move), client) }
        }
        return nil
    }

    private func prompt(_ client: TaskHubClient) async throws -> Part {
        StandardOutput.say("> confirm | get THING | kill MONSTER with WEAPON | leave")
        for await text in TypedLines.all() {
            switch Move(typed: text) {
            case .leave: return .left
            case let move?: try await send(.move(move), client)
            case nil:
                StandardOutput.say("> I do not understand. confirm | get THING | kill MONSTER with WEAPON | leave")
            }
        }
        return .inputEnded
    }

    private enum Message {
        case newUser
        case move(Move)
    }

    /// Publishes a command. Nobody answers; the console tells what comes of it.
    private func send(_ message: Message, _ client: TaskHubClient) async throws {
        switch message {
        case .newUser:
            StandardOutput.say("> new user \(name)")
            _ = try await client.start(Dungeon.newUser, UserCommand(name: name), until: .confirmed)
        case .move(.confirm):
            StandardOutput.say("> confirm")
            try await client.raise(
                Dungeon.approvalTask, true, to: GameID.userConfirmation(name), until: .confirmed)
        case .move(.get(let target)):
            StandardOutput.say("> get \(target)")
            let command = ActionCommand(name: name, action: "get", target: target)
            _ = try await client.start(Dungeon.action, command, until: .confirmed)
        case .move(.kill(let target, let weapon)):
            StandardOutput.say("> kill \(target) with \(weapon)")
            let command = ActionCommand(name: name, action: "kill", target: target, with: weapon)
            _ = try await client.start(Dungeon.action, command, until: .confirmed)
        case .move(.leave): break
        }
    }
}

/// The game ended in another way than it should.
struct Ended: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) {
        self.description = description
    }
}
