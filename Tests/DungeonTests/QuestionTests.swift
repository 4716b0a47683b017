#if HTTP
import Foundation
import Testing
import Warren
import WarrenClient
import WarrenTestKit

@testable import Dungeon

/// What the dungeon tells who asks.
@Suite("The dungeon's questions", .timeLimit(.minutes(5)))
struct QuestionTests {
    @Test("D4: a game's status needs a known name, and tells what there is so far")
    func gameStatus() async throws {
        try await DungeonGame.run { game in
            for path in ["/api/GameStatus", "/api/GameStatus/", "/api/GameStatus/%20"] {
                #expect(try await game.get(path) == (400, "Username is required."))
            }
            #expect(try await game.get("/api/GameStatus/Ada") == (400, "Username 'Ada' does not exist."))

            // A user whose monster and room are not made yet.
            try await game.store.once(activity("Ada")) { try $0.insert(User(name: "Ada")) }
            let early = try await status("Ada", game)
            #expect(early["monster"] == .null && early["room"] == .null && early["inventory"] == .array([]))
            #expect(
                early["user"]
                    == .object([
                        "name": .string("Ada"), "isAlive": .bool(true), "currentRoom": .null,
                        "inventoryItems": .string(""), "inventoryList": .array([]),
                    ]))

            try await game.play("Bob")
            let full = try await status("Bob", game)
            let monster = try await game.monster(of: "Bob")
            let room = try await game.room(of: "Bob")
            let weapon = try await game.weapon(of: "Bob").name
            let treasure = try await game.treasure(of: "Bob").name
            #expect(full["user"]?["currentRoom"] == .string(room.name))
            #expect(
                full["monster"]
                    == .object([
                        "name": .string(monster.name), "isAlive": .bool(true), "currentRoom": .string(room.name),
                        "inventoryItems": .string(treasure), "inventoryList": .array([.string(treasure)]),
                    ]))
            #expect(
                full["room"]
                    == .object([
                        "name": .string(room.name), "description": .string(room.description),
                        "monster": .string(monster.name), "inventoryItems": .string(weapon),
                        "inventoryList": .array([.string(weapon)]),
                    ]))
            #expect(
                full["inventory"]
                    == .array([
                        .object([
                            "name": .string(weapon), "monster": .null, "room": .string(room.name),
                            "isTreasure": .bool(false),
                        ]),
                        .object([
                            "name": .string(treasure), "monster": .string(monster.name), "room": .null,
                            "isTreasure": .bool(true),
                        ]),
                    ]))
        }
    }

    @Test("D5: a workflow is found by its name, the user, and the last hour")
    func checkStatus() async throws {
        try await DungeonGame.run(times: GameTimes(monitorLimit: .hours(2))) { game in
            #expect(try await game.workflow("UserMonitorWorkflow", of: "Ada") == nil)
            let created = game.hub.now
            try await game.play("Ada", confirms: false)
            let (status, text) = try await game.get("/api/CheckStatus/Ada/UserConfirmationWorkflow")
            #expect(status == 200)
            #expect(text == #"{"created":"\#(created.formatted(.iso8601))","status":"Running"}"#)

            // Of others, by other names, or of no workflow.
            #expect(try await game.workflow("UserConfirmationWorkflow", of: "ada") == nil)
            #expect(try await game.workflow("userConfirmationWorkflow", of: "Ada") == nil)
            #expect(try await game.workflow("GameMonitorWorkflow", of: "Ada") == nil)
            #expect(try await game.workflow("NewUser", of: "Ada") == nil)

            // One that somebody started by an ID of their own.
            _ = try await game.client.start(Dungeon.gameMonitor, "Ada", id: "mine")
            #expect(try await game.workflow("GameMonitorWorkflow", of: "Ada") == "Running")

            try await game.hub.advance(by: .minutes(59))
            #expect(try await game.workflow("UserConfirmationWorkflow", of: "Ada") == "Completed")
            try await game.hub.advance(by: .minutes(2))
            #expect(try await game.workflow("UserConfirmationWorkflow", of: "Ada") == nil)
            #expect(try await game.workflow("GameMonitorWorkflow", of: "Ada") == nil)
        }
    }

    @Test("D6: what was begun too long ago cannot be confirmed")
    func lateConfirmation() async throws {
        try await DungeonGame.run { game in
            // By the book, the instance of who declined stays until its timer fires.
            try await game.play("Ada", confirms: false)
            try await game.client.raise(Dungeon.approvalTask, false, to: "confirm-Ada")
            await game.hub.rest()
            #expect(try await game.command("ConfirmUser", #"{"name":"Ada"}"#) == .ok)
            try await game.hub.advance(by: .minutes(2))
            #expect(try await game.command("ConfirmUser", #"{"name":"Ada"}"#) == .notFound)
        }
    }

    @Test("D6: a confirmation that still runs, but was asked for before the window, is not found")
    func confirmationWindow() async throws {
        try await DungeonGame.run { game in
            try await game.play("Ada", confirms: false)
            let created = try #require(try await game.client.status(of: "confirm-Ada")).createdAt.date
            let activities = GameActivities(store: game.store) { game.client }
            func find(since: Date) async throws -> Reply {
                let question = ConfirmationQuestion(name: "Ada", since: since)
                return try await activities.findConfirmation(question, activity(UUID().uuidString))
            }
            #expect(try await find(since: created) == .ok)
            #expect(try await find(since: created + .seconds(1)) == .notFound)
        }
    }

    private func status(_ user: String, _ game: DungeonGame) async throws -> JSONValue {
        let (status, text) = try await game.get("/api/GameStatus/\(user)")
        #expect(status == 200)
        return try JSONValue(Payload(json: text))
    }
}
#endif
