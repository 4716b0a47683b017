#if HTTP
import Testing
import Warren
import WarrenClient
import WarrenTestKit

@testable import Dungeon

/// What commands answer and print, however they come.
@Suite("The dungeon's commands", .timeLimit(.minutes(5)))
struct CommandTests {
    @Test("D1: a user needs a name", arguments: DungeonGame.Way.allCases, DungeonGame.World.allCases)
    func noName(way: DungeonGame.Way, world: DungeonGame.World) async throws {
        try await DungeonGame.run(world) { game async throws in
            for name in [#"{"name":""}"#, #"{"name":" \t "}"#, #"{"name":null}"#, "{}"] {
                #expect(try await game.command("NewUser", name, by: way) == .refused("User name is required."))
                #expect(game.console.take() == ["An attempt to create a user with no name was made."])
            }
        }
    }

    @Test("D2: a name is for one user, alive or dead", arguments: DungeonGame.Way.allCases, DungeonGame.World.allCases)
    func duplicate(way: DungeonGame.Way, world: DungeonGame.World) async throws {
        try await DungeonGame.run(world) { game in
            try await game.play("Ada", confirms: false)
            for isAlive in [true, false] {
                #expect(try await game.user("Ada")?.isAlive == isAlive)
                #expect(
                    try await game.command("NewUser", #"{"name":"Ada"}"#, by: way)
                        == .refused("Duplicate username is not allowed."))
                #expect(game.console.take() == ["Attempt to add duplicate user Ada failed."])
                try await game.hub.advance(by: .minutes(3))
                _ = game.console.take()
            }
            // Names compare exactly.
            #expect(try await game.command("NewUser", #"{"name":"ada"}"#, by: way) == .ok)
        }
    }

    @Test("D2: of two at the same moment, one gets the name")
    func race() async throws {
        try await DungeonGame.run { game in
            async let first = game.command("NewUser", #"{"name":"Ada"}"#)
            async let second = game.command("NewUser", #"{"name":"Ada"}"#)
            let replies = try await [first, second]
            #expect(replies.filter(\.isOK).count == 1)
            #expect(game.console.all.filter { $0.text == "Successfully created user Ada" }.count == 1)
        }
    }

    @Test(
        "D3: a new user gets an empty answer and two workflows", arguments: DungeonGame.Way.allCases,
        DungeonGame.World.allCases)
    func newUser(way: DungeonGame.Way, world: DungeonGame.World) async throws {
        try await DungeonGame.run(world) { game async throws in
            #expect(try await game.command("NewUser", #"{"name":"Ada"}"#, by: way) == Reply(status: 200, text: ""))
            #expect(try await game.workflow("RunUserParallelWorkflow", of: "Ada") == "Running")
            #expect(try await game.workflow("UserMonitorWorkflow", of: "Ada") == "Running")
        }
    }

    @Test(
        "D6: confirming needs a known user who is asked to", arguments: DungeonGame.Way.allCases,
        DungeonGame.World.allCases)
    func confirm(way: DungeonGame.Way, world: DungeonGame.World) async throws {
        try await DungeonGame.run(world) { game in
            #expect(try await game.command("ConfirmUser", "{}", by: way) == .refused("User name is required."))
            #expect(game.console.take() == ["An attempt to confirm a user with no name was made."])
            #expect(
                try await game.command("ConfirmUser", #"{"name":"Ada"}"#, by: way)
                    == .refused("Username does not exist."))
            #expect(game.console.take() == ["Attempt to confirm missing user Ada failed."])

            try await game.play("Ada", confirms: false)
            #expect(try await game.command("ConfirmUser", #"{"name":"Ada"}"#, by: way) == .ok)
            #expect(game.console.take().contains("Ada has accepted the challenge!."))
            // The workflow is over: there is nothing to confirm.
            #expect(try await game.command("ConfirmUser", #"{"name":"Ada"}"#, by: way) == .notFound)
            #expect(game.console.take() == [])
        }
    }

    @Test(
        "D7, D8: an action needs the name of somebody alive", arguments: DungeonGame.Way.allCases,
        DungeonGame.World.allCases)
    func actor(way: DungeonGame.Way, world: DungeonGame.World) async throws {
        try await DungeonGame.run(world) { game in
            #expect(try await game.act(#"{"action":"get"}"#, by: way) == .refused("User name is required."))
            #expect(game.console.take() == ["An attempt to initiate an action with no name was made."])
            // The name is checked before the user, and the user before the verb.
            for name in [#""""#, #"" ""#, "null"] {
                let reply = try await game.act(#"{"name":\#(name),"action":"sing"}"#, by: way)
                #expect(reply == .refused("User name is required."))
                #expect(game.console.take() == ["An attempt to initiate an action with no name was made."])
            }
            let action = #"{"name":"Ada","action":"sing"}"#
            let refusal = Reply.refused("Dead or missing username is not allowed.")
            #expect(try await game.act(action, by: way) == refusal)
            #expect(game.console.take() == ["Attempt to use missing or dead user Ada failed."])

            try await game.play("Ada", confirms: false)
            try await game.hub.advance(by: .minutes(3))
            _ = game.console.take()
            #expect(try await game.act(action, by: way) == refusal)
            #expect(game.console.take() == ["Attempt to use missing or dead user Ada failed."])
        }
    }

    @Test(
        "D9: a verb is get or kill, in small letters", arguments: DungeonGame.Way.allCases, DungeonGame.World.allCases)
    func verb(way: DungeonGame.Way, world: DungeonGame.World) async throws {
        try await DungeonGame.run(world) { game in
            try await game.play("Ada")
            // Before the target, which is missing too.
            for verb in ["sing", "Get", "KILL", ""] {
                let reply = try await game.act(#"{"name":"Ada","action":"\#(verb)"}"#, by: way)
                #expect(reply == .refused("I do not understand \(verb)."))
            }
            #expect(game.console.take() == [])
        }
    }

    @Test("D10 to D12: getting things", arguments: DungeonGame.Way.allCases, DungeonGame.World.allCases)
    func get(way: DungeonGame.Way, world: DungeonGame.World) async throws {
        try await DungeonGame.run(world) { game in
            try await game.play("Ada")
            let weapon = try await game.weapon(of: "Ada").name
            let treasure = try await game.treasure(of: "Ada").name

            #expect(try await game.act(#"{"name":"Ada","action":"get"}"#, by: way) == .refused("Target is required."))
            #expect(game.console.take() == ["User Ada tried to get nothing."])

            // On the monster, of another case, or nowhere at all.
            for target in [treasure, weapon.uppercased(), "Moon"] {
                let reply = try await game.act(#"{"name":"Ada","action":"get","target":"\#(target)"}"#, by: way)
                #expect(reply == .refused("Target not found."))
                #expect(game.console.take() == ["User Ada tried to get a \(target) that wasn't there."])
            }

            #expect(try await game.act(#"{"name":"Ada","action":"get","target":"\#(weapon)"}"#, by: way) == .ok)
            #expect(game.console.take() == ["User Ada successfully grabbed \(weapon)."])
            #expect(try await game.user("Ada")?.inventoryItems == [weapon])
            #expect(try await game.room(of: "Ada").inventoryItems == [])
            #expect(try await game.weapon(of: "Ada").room == nil)

            let again = try await game.act(#"{"name":"Ada","action":"get","target":"\#(weapon)"}"#, by: way)
            #expect(again == .refused("Target not found."))
        }
    }

    @Test(
        "D13 to D18: killing the monster, everything checked in its order", arguments: DungeonGame.Way.allCases,
        DungeonGame.World.allCases)
    func kill(way: DungeonGame.Way, world: DungeonGame.World) async throws {
        try await DungeonGame.run(world) { game in
            try await game.play("Ada")
            let monster = try await game.monster(of: "Ada").name
            let weapon = try await game.weapon(of: "Ada").name
            let treasure = try await game.treasure(of: "Ada").name
            func kill(_ target: String?, _ with: String?) async throws -> Reply {
                let target = target.map { #","target":"\#($0)""# } ?? ""
                let with = with.map { #","with":"\#($0)""# } ?? ""
                return try await game.act(#"{"name":"Ada","action":"kill"\#(target)\#(with)}"#, by: way)
            }

            #expect(try await kill(nil, nil) == .refused("Target is required."))
            #expect(game.console.take() == ["User Ada tried to kill nothing."])
            #expect(try await kill("Moth", nil) == .refused("With is required."))
            #expect(game.console.take() == ["User Ada tried to kill Moth with no weapon."])
            // The weapon lies in the room still.
            #expect(try await kill("Moth", weapon) == .refused("User doesn't have \(weapon)"))
            #expect(game.console.take() == ["User Ada tried to use a non-existing \(weapon)."])

            #expect(try await game.act(#"{"name":"Ada","action":"get","target":"\#(weapon)"}"#, by: way) == .ok)
            _ = game.console.take()
            #expect(try await kill("Moth", weapon) == .refused("Moth not found."))
            #expect(game.console.take() == ["User Ada tried to kill a ghost named Moth."])
            #expect(try await kill(monster, weapon) == .ok)
            #expect(
                game.console.take() == [
                    "User Ada valiantly killed \(monster) with \(weapon).",
                    "User Ada notices \(monster) dropped a \(treasure).",
                ])
            let dead = try await game.monster(of: "Ada")
            #expect(!dead.isAlive && dead.inventoryItems.isEmpty)
            #expect(try await game.room(of: "Ada").inventoryItems == [treasure])
            #expect(try await game.treasure(of: "Ada").monster == nil)

            #expect(try await kill(monster, weapon) == .refused("\(monster) is already dead."))
            #expect(game.console.take() == ["User Ada tried to kill an already dead \(monster)."])
            // Whether it is alive comes last.
            #expect(try await kill(monster, "Moon") == .refused("User doesn't have Moon"))
            #expect(try await kill("Moth", weapon) == .refused("Moth not found."))
            #expect(
                game.console.take() == [
                    "User Ada tried to use a non-existing Moon.", "User Ada tried to kill a ghost named Moth.",
                ])

            // D12: the treasure is the end of it.
            #expect(try await game.act(#"{"name":"Ada","action":"get","target":"\#(treasure)"}"#, by: way) == .ok)
            #expect(
                game.console.take() == [
                    "User Ada successfully grabbed \(treasure).", "User Ada nabbed the treasure.",
                    "Ada has won the game!",
                ])
        }
    }

    @Test(
        "A name that no instance can be called after is refused, whoever sends it", arguments: DungeonGame.Way.allCases,
        DungeonGame.World.allCases)
    func longName(way: DungeonGame.Way, world: DungeonGame.World) async throws {
        try await DungeonGame.run(world) { game async throws in
            let name = String(repeating: "x", count: 10_240)
            let json = #"{"name":"\#(name)"}"#
            #expect(try await game.command("NewUser", json, by: way) == .refused("User name is too long."))
            #expect(game.console.take() == ["An attempt to create a user with a name of 10240 bytes was made."])
            #expect(try await game.command("ConfirmUser", json, by: way) == .refused("Username does not exist."))
            #expect(
                try await game.command("Action", json, by: way)
                    == .refused("Dead or missing username is not allowed."))
            #expect(game.console.take().allSatisfy { $0.count < 600 })
        }
    }
}
#endif
