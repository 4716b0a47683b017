#if HTTP
import Foundation
import SampleDatabase
import Testing
import Warren
import WarrenClient

@testable import Dungeon

/// Activities run at least once: what happens when they run twice.
@Suite("The dungeon's activities, run again", .timeLimit(.minutes(5)))
struct RepeatTests {
    @Test("Every activity changes the game once, and prints and answers the same again")
    func twice() async throws {
        try await DungeonGame.run { game in
            let activities = GameActivities(store: game.store) { game.client }
            func twice<Value: Hashable>(
                _ key: String, _ body: (ActivityContext) async throws -> Value
            ) async throws -> Value {
                let (first, second) = (PrintedTexts(), PrintedTexts())
                let value = try await body(activity(key, printed: first))
                let before = try await everything(game)
                #expect(try await body(activity(key, printed: second)) == value, "\(key)")
                #expect(first.all == second.all && !first.all.isEmpty, "\(key)")
                #expect(try await everything(game) == before, "\(key)")
                return value
            }
            struct Done: Hashable {}
            func twice(_ key: String, _ body: (ActivityContext) async throws -> Void) async throws {
                _ = try await twice(key) { context in
                    try await body(context)
                    return Done()
                }
            }

            #expect(try await activities.admitUser(UserCommand(name: "Ada"), activity("admit")) == .ok)
            // Not a duplicate of itself, but of another command one.
            #expect(try await activities.admitUser(UserCommand(name: "Ada"), activity("admit")) == .ok)
            #expect(try await !activities.admitUser(UserCommand(name: "Ada"), activity("other")).isOK)
            try await twice("user") { try await activities.createUser("Ada", $0) }
            try await twice("monster") { try await activities.createMonster("Ada", $0) }
            try await twice("room") { try await activities.createRoom("Ada", $0) }
            try await twice("inventory") { try await activities.createInventory("Ada", $0) }
            try await twice("place user") { try await activities.placeUserInRoom("Ada", $0) }
            try await twice("place inventory") { try await activities.placeInventoryInRoom("Ada", $0) }
            try await twice("place monster") { try await activities.placeMonsterInRoom("Ada", $0) }
            try await twice("place treasure") { try await activities.placeInventoryOnMonster("Ada", $0) }

            let monster = try await game.monster(of: "Ada").name
            let weapon = try await game.weapon(of: "Ada").name
            let treasure = try await game.treasure(of: "Ada").name
            func act(_ action: String, _ target: String, with: String? = nil) async throws -> Deed {
                let command = ActionCommand(name: "Ada", action: action, target: target, with: with)
                return try await twice("\(action) \(target)") { try await activities.perform(command, $0) }
            }
            #expect(try await act("get", weapon) == Deed(reply: .ok))
            #expect(try await act("kill", monster, with: weapon) == Deed(reply: .ok, killedMonster: true))
            #expect(try await act("get", treasure) == Deed(reply: .ok, gotTreasure: true))
            #expect(try await twice("monitor") { try await activities.monitorUser("Ada", $0) })
            try await twice("kill user") { try await activities.killUser("Ada", $0) }
            // The look of then is answered as it was, though the user is dead by now.
            let printed = PrintedTexts()
            #expect(try await activities.monitorUser("Ada", activity("monitor", printed: printed)))
            #expect(printed.all == ["Ada has the treasure."])
        }
    }

    @Test("Who kills the monster before it has the treasure finds the treasure all the same")
    func quickKill() async throws {
        try await DungeonGame.run { game in
            let activities = GameActivities(store: game.store) { game.client }
            try await activities.furnish("Ada")
            let monster = try await game.monster(of: "Ada").name
            let weapon = try await game.weapon(of: "Ada").name
            let treasure = try await game.treasure(of: "Ada").name
            #expect(
                try await activities.perform(
                    ActionCommand(name: "Ada", action: "get", target: weapon), activity("6")
                ).reply.isOK)
            #expect(
                try await activities.perform(
                    ActionCommand(name: "Ada", action: "kill", target: monster, with: weapon), activity("7")
                ).reply.isOK)
            try await activities.placeInventoryOnMonster("Ada", activity("8"))
            #expect(try await game.room(of: "Ada").inventoryItems == [treasure])
        }
    }

    @Test("An activity that fails half-way has changed nothing")
    func halfWay() async throws {
        try await DungeonGame.run { game async throws in
            struct Stop: Error {}
            let printed = PrintedTexts()
            await #expect(throws: Stop.self) {
                try await game.store.once(activity("1", printed: printed)) { game in
                    try game.insert(User(name: "Ada"))
                    game.print("never")
                    throw Stop()
                }
            }
            #expect(try await game.user("Ada") == nil)
            #expect(printed.all == [])
        }
    }

    private func everything(_ game: DungeonGame) async throws -> [[[Database.Value]]] {
        try await game.store.read { game in
            try ["names", "users", "monsters", "rooms", "inventory", "effects"].map {
                try game.database.query("SELECT * FROM \($0) ORDER BY 1").map(\.values)
            }
        }
    }
}
#endif
