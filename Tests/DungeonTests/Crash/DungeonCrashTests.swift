#if HTTP
import Foundation
import SampleDatabase
import TestSupport
import Testing
import Warren
import WarrenClient

@testable import Dungeon

/// Kills the host in the middle of games, again and again.
@Suite(
    "Crash: the dungeon's host is killed in the middle of games", .serialized, .timeLimit(.minutes(5)),
    .enabled(if: TestBroker.isAvailable, TestBroker.remedy))
struct DungeonCrashTests {
    @Test("Every game goes on to victory; no console line is missing, and none comes twice but as a repetition")
    func killed() async throws {
        try await HostFixture.dungeon { fixture in
            var seed = SystemRandomNumberGenerator()
            var host = try await fixture.serve("--monitor-every", "2s")
            try await fixture.withClient { client in
                // The console queue itself, as any consumer reads it: what a reader has not acknowledged comes again.
                let feed = try await client.console()
                var lines = feed.makeAsyncIterator()
                var seen = SeenLines()
                var heard: [ConsoleLine] = []
                var players: [String: Player] = [:]

                let users = (0..<6).map { "user\($0)" }
                for user in users {
                    players[user] = Player(name: user)
                    _ = try await client.start(
                        Dungeon.newUser, UserCommand(name: user), id: "new-\(user)", until: .confirmed)
                }
                // A game has 19 lines at least. Each blow falls after a random number of further ones.
                var nextBlow = 5
                var blows = 0
                while try await !isOver(users, heard) {
                    let line = try #require(try await lines.next())
                    guard seen.isNew(line) else { continue }
                    heard.append(line)
                    for user in users {
                        guard let move = players[user]?.hear(line.text) else { continue }
                        try await send(move, of: user, client)
                    }
                    if heard.count >= nextBlow, blows < 8 {
                        blows += 1
                        nextBlow += Int.random(in: 4...16, using: &seed)
                        await host.kill()
                        host = try await fixture.serve("--monitor-every", "2s")
                    }
                }
                lines.acknowledge()
                await feed.close()
                #expect(blows >= 5)
                for user in users {
                    #expect(players[user]?.end == .won)
                    try await check(user, heard, fixture, client)
                }
                #expect(Set(heard.map(\.id)).count == heard.count)
            }
            #expect(try await host.terminate() == 0)
        }
    }

    /// Whether every user's monitor has said its last word.
    private func isOver(_ users: [String], _ heard: [ConsoleLine]) async throws -> Bool {
        users.allSatisfy { user in heard.contains { $0.text == "\(user) monitoring is done." } }
            && users.allSatisfy { user in heard.contains { $0.text == "\(user) has won the game!" } }
    }

    private func send(_ move: Move, of user: String, _ client: TaskHubClient) async throws {
        switch move {
        case .confirm:
            try await client.raise(Dungeon.approvalTask, true, to: GameID.userConfirmation(user), until: .confirmed)
        case .get(let target):
            let command = ActionCommand(name: user, action: "get", target: target)
            _ = try await client.start(Dungeon.action, command, until: .confirmed)
        case .kill(let target, let weapon):
            let command = ActionCommand(name: user, action: "kill", target: target, with: weapon)
            _ = try await client.start(Dungeon.action, command, until: .confirmed)
        case .leave: break
        }
    }

    /// Compares what was heard with what the game's records say must have been printed.
    private func check(
        _ user: String, _ heard: [ConsoleLine], _ fixture: HostFixture, _ client: TaskHubClient
    ) async throws {
        let store = try GameStore(directory: fixture.data.path)
        let (player, monster, room, items) = try await store.read { game in
            (
                try game.requireUser(user), try game.requireMonster(of: user), try game.requireRoom(of: user),
                try game.items(of: user)
            )
        }
        let weapon = try #require(items.first { !$0.isTreasure }).name
        let treasure = try #require(items.first { $0.isTreasure }).name
        #expect(player.isAlive && !monster.isAlive && player.inventoryItems == [weapon, treasure])

        func lines(of instance: String) -> [String] { heard.filter { $0.instanceID == instance }.map(\.text) }
        #expect(
            lines(of: "parallel-\(user)").sorted()
                == [
                    "Successfully created user \(user)", "Look out! \(monster.name) is now stalking \(user)!",
                    "\(room.name) has been prepared for \(user)!",
                    "A \(weapon) and \(treasure) have been added for user \(user)!",
                ].sorted())
        #expect(
            lines(of: "confirm-\(user)").sorted()
                == [
                    "User \(user) now has 2 minutes to confirm they are ready.",
                    "\(user) has accepted the challenge!.", "User confirmation workflow complete for \(user).",
                ].sorted())
        #expect(
            lines(of: "sequential-\(user)").sorted()
                == [
                    "\(user) looks around: \(room.description)", "\(user) sees a \(weapon) inside the room!",
                    "\(user) notices a \(monster.name) in \(room.name).",
                    "\(user) notices a \(monster.name) with a \(treasure).",
                ].sorted())
        #expect(lines(of: "game-monitor-\(user)") == ["\(user) has won the game!"])
        // Actions are instances without a name of ours; none was refused.
        let deeds = heard.filter { $0.orchestration == "Action" && $0.text.hasPrefix("User \(user) ") }.map(\.text)
        #expect(
            deeds.sorted()
                == [
                    "User \(user) successfully grabbed \(weapon).",
                    "User \(user) valiantly killed \(monster.name) with \(weapon).",
                    "User \(user) notices \(monster.name) dropped a \(treasure).",
                    "User \(user) successfully grabbed \(treasure).", "User \(user) nabbed the treasure.",
                ].sorted())

        // The monitor: how often it looked depends on how long the host was away; its history knows what each look said.
        let monitor = lines(of: "user-monitor-\(user)")
        let said = try await store.read { game in
            try game.database.query(
                "SELECT effect FROM effects WHERE key LIKE ?", .text("user-monitor-\(user):%")
            ).flatMap { try JSONDecoder().decode(Look.self, from: Data($0.text(0).utf8)).lines }
        }
        let status = try #require(try await client.status(of: "user-monitor-\(user)"))
        #expect(status.runtimeStatus == .completed)
        let expected = said + ["\(user) is being monitored every 2 seconds.", "\(user) monitoring is done."]
        // Lines are published while an activity runs. A call that a kill ended after it had printed is tried again under its
        // retry policy, which is another task of the same idempotency key: it prints the same again, under its own number.
        var more = monitor
        for line in expected {
            let index = more.firstIndex(of: line)
            #expect(index != nil, "missing: \(line)")
            if let index { more.remove(at: index) }
        }
        #expect(more.allSatisfy { expected.contains($0) }, "nobody said: \(more)")
        #expect(monitor.filter { $0 == "\(user) has the treasure." }.count == 1)
    }

    private struct Look: Decodable {
        var lines: [String]
    }
}
#endif
