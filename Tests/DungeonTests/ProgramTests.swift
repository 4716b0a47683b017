#if HTTP
import Foundation
import Subprocess
import TestSupport
import Testing
import WarrenClient

@testable import Dungeon

/// The program `dungeon`, over a real broker.
@Suite("The dungeon's program", .timeLimit(.minutes(5)), .enabled(if: TestBroker.isAvailable, TestBroker.remedy))
struct ProgramTests {
    @Test("A whole game in the terminal, by publishing messages and reading the console queue")
    func play() async throws {
        try await HostFixture.dungeon { fixture in
            let host = try await fixture.serve("--monitor-every", "1s")
            let game = try await Program.dungeon(["play", "Ada"] + fixture.place)
            #expect(game.exitCode == 0 && game.errors.isEmpty, "\(game.errors)")
            let lines = game.output.split(separator: "\n").map { String($0) }
            #expect(lines.first == "> new user Ada" && lines.last == "Victory!")
            #expect(lines.filter { $0.hasPrefix("> ") }.count == 5)
            #expect(lines.contains("Ada has won the game!"))

            // What was read is off the queue: only what came after the victory can be left.
            try await fixture.withClient { client async throws in
                // The broker learns a moment later than we that the program has ended.
                while try await client.consoleReaders() != 0 {}
                #expect(try await client.consoleDepth() <= 4)
            }
            // Lines of before are no part of the game, not even those of the same name.
            let again = try await Program.dungeon(["play", "Ada"] + fixture.place)
            #expect(again.exitCode == 1)
            #expect(again.errors.contains("Somebody of this name has played already."))
            #expect(!again.output.contains("Victory!"))
            #expect(try await host.terminate() == 0)
        }
    }

    @Test("With --copy, every line of the game stays in the console queue")
    func copy() async throws {
        try await HostFixture.dungeon { fixture in
            let host = try await fixture.serve("--monitor-every", "1s")
            let game = try await Program.dungeon(["play", "Ada", "--copy"] + fixture.place)
            #expect(game.exitCode == 0 && game.output.hasSuffix("Victory!\n"), "\(game.errors)")
            let heard = game.output.split(separator: "\n").count { !$0.hasPrefix("> ") } - 1
            #expect(try await fixture.withClient { try await $0.consoleDepth() } >= heard)
            // A game of an earlier day waits in the queue, victory included: it is not taken for the new one.
            let again = try await Program.dungeon(["play", "Ada"] + fixture.place)
            #expect(again.exitCode == 1 && !again.output.contains("Victory!"))
            #expect(again.errors.contains("Somebody of this name has played already."))
            let next = try await Program.dungeon(["play", "Bob"] + fixture.place)
            #expect(next.exitCode == 0 && next.output.hasSuffix("Victory!\n"), "\(next.errors)")
            #expect(try await host.terminate() == 0)
        }
    }

    @Test("Somebody else who reads the console queue takes no line away from a player")
    func shared() async throws {
        try await HostFixture.dungeon { fixture in
            let host = try await fixture.serve("--monitor-every", "1s")
            try await fixture.withClient { client async throws in
                let other = try await client.console()
                let game = try await Program.dungeon(["play", "Ada"] + fixture.place)
                #expect(game.exitCode == 0 && game.output.hasSuffix("Victory!\n"), "\(game.errors)")
                #expect(game.output.hasPrefix("> somebody reads the console queue: playing by a copy of it\n"))
                await other.close()

                // One who joins in the middle of the game ends it, rather than leaving the player to wait for ever.
                async let late = Program.dungeon(["play", "Bob", "--lose"] + fixture.place)
                try await untilSeen("Bob's confirmation") {
                    try await client.status(of: GameID.userConfirmation("Bob")) != nil
                }
                let thief = try await client.console()
                let end = try await late
                #expect(end.exitCode == 1 && end.errors.contains("play with --copy"), "\(end.output)\(end.errors)")
                await thief.close()
            }
            #expect(try await host.terminate() == 0)
        }
    }

    @Test("Who waits too long dies, and one role per process does it too")
    func lose() async throws {
        try await HostFixture.dungeon { fixture in
            let orchestrator = try await fixture.serve(
                "--roles", "orchestrator", "--confirm-within", "1s", "--monitor-every", "1s")
            let activity = try await fixture.serve("--roles", "activity")
            let game = try await Program.dungeon(["play", "Bob", "--lose"] + fixture.place)
            #expect(game.exitCode == 0)
            #expect(game.output.contains("User Bob now has 1 second to confirm they are ready.\n"))
            #expect(game.output.hasSuffix("Bob has died.\nDead, as intended.\n"))
            let status = try await curl(try orchestrator.address + "api/GameStatus/Bob")
            #expect(status.contains(#""isAlive":false"#))
            #expect(try await activity.terminate() == 0)
            #expect(try await orchestrator.terminate() == 0)
        }
    }

    @Test("Moves are typed with --interactive")
    func interactive() async throws {
        try await HostFixture.dungeon { fixture in
            let host = try await fixture.serve()
            let game = try await Program.dungeon(
                ["play", "Eve", "--interactive"] + fixture.place, input: "dance\nget Moon\nleave\n")
            #expect(game.exitCode == 1)
            #expect(game.output.contains("> I do not understand."))
            #expect(game.output.contains("> get Moon\n"))
            #expect(game.errors.contains("left before the end"))
            #expect(try await host.terminate() == 0)
        }
    }

    @Test("What happens is shown while the terminal waits for a move, and nobody types")
    func silent() async throws {
        try await HostFixture.dungeon { fixture in
            let host = try await fixture.serve("--confirm-within", "1s", "--monitor-every", "1s")
            let folder = FileManager.default.temporaryDirectory.appending(path: "dungeon-\(UUID())").path
            // A pipe that the player itself holds open has no input and no end.
            let game = try await Program.run(
                "sh",
                ["-c", #"mkfifo "$0" && exec "$@" <>"$0""#, folder, Program.product("dungeon")]
                    + ["play", "Eve", "--interactive"] + fixture.place)
            try FileManager.default.removeItem(atPath: folder)
            #expect(game.exitCode == 1 && game.output.hasPrefix("> new user Eve\n"), "\(game.output)\(game.errors)")
            #expect(game.errors.contains("Eve is dead"))
            #expect(try await host.terminate() == 0)
        }
    }

    @Test("A browser follows the console, and does not keep the host from stopping")
    func events() async throws {
        try await HostFixture.dungeon { fixture in
            let host = try await fixture.serve()
            let address = try host.address
            let result = try await Subprocess.run(
                .name("curl"), arguments: ["-sN", address + "api/console"], input: .none, output: .sequence,
                error: .discarded
            ) { curl in
                var text = ""
                for try await part in curl.standardOutput.strings() {
                    // The stream is open: now something happens.
                    if text.isEmpty {
                        _ = try await self.curl(address + "api/NewUser", "-d", #"{"name":"Ada"}"#)
                    }
                    text += part
                    if text.contains("to confirm they are ready.") { break }
                }
                #expect(text.contains("Successfully created user Ada"))
                #expect(try await host.terminate() == 0)
            }
            #expect(result.terminationStatus.isSuccess, "The stream has an end: \(result.terminationStatus)")
        }
    }

    @Test("A game with nothing but amqp-publish and amqp-consume")
    func foreign() async throws {
        try await HostFixture.dungeon { fixture in
            let host = try await fixture.serve()
            let broker = fixture.broker.hasSuffix("/") ? String(fixture.broker.dropLast()) : fixture.broker
            func publish(_ exchange: String, _ key: String, _ body: String) async throws {
                let result = try await Subprocess.run(
                    .name("amqp-publish"),
                    arguments: ["-u", broker, "-e", "\(fixture.hub).\(exchange)", "-r", key, "-b", body],
                    output: .discarded)
                try #require(result.terminationStatus.isSuccess)
            }
            try await publish("start", "NewUser", #"{"name":"Ada"}"#)
            _ = try await Subprocess.run(
                .name("amqp-consume"), arguments: ["-u", broker, "-q", "\(fixture.hub).console", "cat"], input: .none,
                output: .sequence, error: .discarded
            ) { console in
                var player = Player(name: "Ada")
                for try await line in console.standardOutput.strings() {
                    switch player.hear(line.trimmingCharacters(in: .newlines)) {
                    case .confirm: try await publish("event", "confirm-Ada/ApprovalTask", "true")
                    case .get(let target):
                        try await publish("start", "Action", #"{"name":"Ada","action":"get","target":"\#(target)"}"#)
                    case .kill(let target, let weapon):
                        try await publish(
                            "start", "Action",
                            #"{"name":"Ada","action":"kill","target":"\#(target)","with":"\#(weapon)"}"#)
                    case .leave, nil: break
                    }
                    if player.end != nil { break }
                }
                #expect(player.end == .won)
                try console.send(signal: .terminate)
            }
            #expect(try await host.terminate() == 0)
        }
    }

    @Test("Help tells everything, and what cannot be is refused")
    func help() async throws {
        let help = try await Program.dungeon(["--help"])
        #expect(help.exitCode == 0)
        for word in ["serve", "play", "console", "amqp-publish"] { #expect(help.output.contains(word)) }
        let serve = try await Program.dungeon(["serve", "--help"])
        #expect(serve.output.contains("default: 2m") && serve.output.contains("default: 20s"))
        for arguments in [["serve", "--confirm-within", "soon"], ["serve", "--http-port", "70000"], ["play"]] {
            #expect(try await Program.dungeon(arguments).exitCode == 64, "\(arguments)")
        }
    }

    private func curl(_ arguments: String...) async throws -> String {
        try await Subprocess.run(
            .name("curl"), arguments: Arguments(["-s", "-m", "20"] + arguments), output: .string(limit: 1 << 20)
        ).standardOutput
    }
}
#endif
