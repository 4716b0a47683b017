#if HTTP
import Foundation
import Synchronization
import TestSupport
import Testing
import Warren
import WarrenClient
import WarrenTestKit

@testable import Dungeon

/// The same play in both worlds: what is told, answered and shown must not depend on where the game is kept.
@Suite("The dungeon's two worlds", .timeLimit(.minutes(5)))
struct EntityWorldTests {
    /// Both worlds, each with every step remembered and with every step replayed.
    private static let worlds = DungeonGame.World.allCases.flatMap { world in
        [false, true].map { (world, TestHubOptions(replaysEveryEpisode: $0)) }
    }

    @Test("A whole game is told, answered and shown alike", arguments: worlds)
    func whole(world: DungeonGame.World, options: TestHubOptions) async throws {
        try await DungeonGame.run(world, options: options) { game in
            #expect(try await game.command("NewUser", #"{"name":"Ada"}"#) == .ok)
            #expect(try await game.command("NewUser", #"{"name":"Ada"}"#).text == "Duplicate username is not allowed.")
            let monster = try await game.monster(of: "Ada").name
            let room = try await game.room(of: "Ada")
            let weapon = try await game.weapon(of: "Ada").name
            let treasure = try await game.treasure(of: "Ada").name
            // Only a database is told to make the user later.
            let made = world == .activities ? ["Successfully created user Ada"] : []
            #expect(
                Set(game.lines("parallel-Ada"))
                    == Set(
                        made + [
                            "Look out! \(monster) is now stalking Ada!", "\(room.name) has been prepared for Ada!",
                            "A \(weapon) and \(treasure) have been added for user Ada!",
                        ]))
            #expect(try await game.command("ConfirmUser", #"{"name":"Ada"}"#) == .ok)
            #expect(
                game.lines("sequential-Ada") == [
                    "Ada looks around: \(room.description)", "Ada sees a \(weapon) inside the room!",
                    "Ada notices a \(monster) in \(room.name).", "Ada notices a \(monster) with a \(treasure).",
                ])
            #expect(try await game.user("Ada")?.currentRoom == room.name)
            #expect(try await game.room(of: "Ada").monster == monster)
            #expect(try await game.treasure(of: "Ada").monster == monster)

            let refused = [
                (#"{"name":"Ada","action":"get","target":"\#(treasure)"}"#, "Target not found."),
                (#"{"name":"Ada","action":"dance"}"#, "I do not understand dance."),
                (#"{"name":"Ada","action":"get"}"#, "Target is required."),
                (#"{"name":"Ada","action":"kill"}"#, "Target is required."),
                (#"{"name":"Ada","action":"kill","target":"\#(monster)"}"#, "With is required."),
                (#"{"name":"Ada","action":"kill","target":"\#(monster)","with":"Spoon"}"#, "User doesn't have Spoon"),
                (#"{"name":" ","action":"get"}"#, "User name is required."),
                (#"{"name":"Bob","action":"get"}"#, "Dead or missing username is not allowed."),
            ]
            for (action, reason) in refused { #expect(try await game.act(action) == .refused(reason)) }

            #expect(try await game.act(#"{"name":"Ada","action":"get","target":"\#(weapon)"}"#) == .ok)
            let ghost = #"{"name":"Ada","action":"kill","target":"Ghost","with":"\#(weapon)"}"#
            #expect(try await game.act(ghost) == .refused("Ghost not found."))
            let kill = #"{"name":"Ada","action":"kill","target":"\#(monster)","with":"\#(weapon)"}"#
            #expect(try await game.act(kill) == .ok)
            #expect(try await game.act(kill) == .refused("\(monster) is already dead."))
            #expect(try await game.monster(of: "Ada").inventoryItems == [])
            #expect(try await game.room(of: "Ada").inventoryItems == [treasure])
            #expect(try await game.act(#"{"name":"Ada","action":"get","target":"\#(treasure)"}"#) == .ok)
            #expect(try await game.user("Ada")?.inventoryItems == [weapon, treasure])
            #expect(game.lines("game-monitor-Ada") == ["Ada has won the game!"])
            try await game.hub.advance(by: .seconds(20))
            #expect(game.lines("user-monitor-Ada").suffix(2) == ["Ada has the treasure.", "Ada monitoring is done."])
            for name in Dungeon.workflows.map(\.name) {
                #expect(try await game.workflow(name, of: "Ada") == "Completed", "\(name)")
            }
        }
    }

    @Test("Who does not confirm is dead after two minutes", arguments: worlds)
    func timeout(world: DungeonGame.World, options: TestHubOptions) async throws {
        try await DungeonGame.run(world, options: options) { game in
            try await game.play("Ada", confirms: false)
            try await game.hub.advance(by: .seconds(120))
            #expect(try await game.user("Ada")?.isAlive == false)
            #expect(
                game.lines("confirm-Ada") == [
                    "User Ada now has 2 minutes to confirm they are ready.", "User Ada failed to confirm in time.",
                    "Unfortunately user Ada died from waiting too long!",
                    "User confirmation workflow complete for Ada.",
                ])
            let act = try await game.act(#"{"name":"Ada","action":"get","target":"x"}"#)
            #expect(act == .refused("Dead or missing username is not allowed."))
            try await game.hub.advance(by: .seconds(20))
            #expect(game.lines("user-monitor-Ada").suffix(2) == ["Ada has died.", "Ada monitoring is done."])
            // There is nothing to confirm any more, and never was for somebody else.
            #expect(try await game.command("ConfirmUser", #"{"name":"Ada"}"#).status == 404)
            let missing = try await game.command("ConfirmUser", #"{"name":"Bob"}"#)
            #expect(missing == .refused("Username does not exist."))
        }
    }

    @Test("The counter of entities counts whose game goes on, and the page shows it")
    func counter() async throws {
        try await DungeonGame.run(.entities) { game in
            for name in ["Ada", "Bob", "a/b#?"] {
                let json = String(decoding: try JSONEncoder().encode(["name": name]), as: UTF8.self)
                #expect(try await game.command("NewUser", json) == .ok)
            }
            func active() async throws -> JSONValue? {
                try JSONValue(Payload(json: try await game.get("/api/GameStatus/Ada").text))["activeUsers"]
            }
            #expect(try await active() == .integer(3))
            try await game.hub.advance(by: .minutes(2))
            #expect(try await active() == .integer(0))
            #expect(try await game.user("a/b#?")?.isAlive == false)
            // Nothing is left of questions about those who are not there.
            _ = try await game.act(#"{"name":"Nobody","action":"get"}"#)
            let entities = try await game.client.entities(matching: EntityQuery(name: "User", limit: 100)).entities
            #expect(entities.count == 3)
        }
        try await DungeonGame.run { game in
            try await game.play("Ada")
            #expect(try await !game.get("/api/GameStatus/Ada").text.contains("activeUsers"))
        }
    }

    @Test(
        "Of many commands at the same moment one makes the user, and one gets the weapon",
        arguments: DungeonGame.World.allCases)
    func races(world: DungeonGame.World) async throws {
        try await DungeonGame.run(world) { game in
            func together(_ name: String, _ json: String) async throws -> Int {
                try await withThrowingTaskGroup(of: Bool.self) { group in
                    for _ in 0..<12 {
                        group.addTask { try await game.command(name, json, by: .message).isOK }
                    }
                    return try await group.reduce(into: 0) { count, isOK in if isOK { count += 1 } }
                }
            }
            #expect(try await together("NewUser", #"{"name":"Ada"}"#) == 1)
            #expect(try await game.command("ConfirmUser", #"{"name":"Ada"}"#) == .ok)
            let weapon = try await game.weapon(of: "Ada").name
            #expect(try await together("Action", #"{"name":"Ada","action":"get","target":"\#(weapon)"}"#) == 1)
            #expect(try await game.user("Ada")?.inventoryItems == [weapon])
            if world == .entities {
                #expect(try await game.client.entity(DungeonEntities.room["Ada"])?.lockedBy == nil)
            }
        }
    }

    @Test("Whichever commit fails, the game of entities is the same", arguments: [3, 7, 12, 20])
    func failingStore(commit: Int) async throws {
        try await DungeonGame.run(.entities) { game in
            game.hub.failStore(atCommit: commit)
            try await game.play("Ada")
            let weapon = try await game.weapon(of: "Ada").name
            #expect(try await game.act(#"{"name":"Ada","action":"get","target":"\#(weapon)"}"#) == .ok)
            let monster = try await game.monster(of: "Ada").name
            let kill = #"{"name":"Ada","action":"kill","target":"\#(monster)","with":"\#(weapon)"}"#
            #expect(try await game.act(kill) == .ok)
            let treasure = try await game.treasure(of: "Ada").name
            #expect(try await game.room(of: "Ada").inventoryItems == [treasure])
            #expect(try await game.user("Ada")?.inventoryItems == [weapon])
        }
    }
}
#endif
