#if HTTP
import Foundation
import SampleDatabase
import Testing
import Warren
import WarrenClient

@testable import Dungeon

/// How the game is kept, and what it is made of.
@Suite("The dungeon's records and words", .timeLimit(.minutes(5)))
struct DataTests {
    @Test("D30: records are kept by user, lists of items with commas between")
    func records() async throws {
        try await DungeonGame.run { game in
            try await game.play("ada")
            let weapon = try await game.weapon(of: "ada").name
            let treasure = try await game.treasure(of: "ada").name
            let monster = try await game.monster(of: "ada").name
            let room = try await game.room(of: "ada")
            try await game.store.once(activity("x")) {
                try $0.update(User(name: "ada", currentRoom: room.name, inventoryItems: ["Spoon", "Fork"]))
            }
            func rows(_ sql: String) async throws -> [[Database.Value]] {
                try await game.store.read { try $0.database.query(sql).map(\.values) }
            }
            #expect(
                try await rows("SELECT partition, name, is_alive, current_room, inventory_items FROM users")
                    == [[.text("A"), .text("ada"), .integer(1), .text(room.name), .text("Spoon,Fork")]])
            #expect(
                try await rows("SELECT user, name, is_alive, current_room, inventory_items FROM monsters")
                    == [[.text("ada"), .text(monster), .integer(1), .text(room.name), .text(treasure)]])
            #expect(
                try await rows("SELECT user, name, description, monster, inventory_items FROM rooms")
                    == [[.text("ada"), .text(room.name), .text(room.description), .text(monster), .text(weapon)]])
            #expect(
                try await rows("SELECT user, name, monster, room, is_treasure FROM inventory ORDER BY is_treasure")
                    == [
                        [.text("ada"), .text(weapon), .null, .text(room.name), .integer(0)],
                        [.text("ada"), .text(treasure), .text(monster), .null, .integer(1)],
                    ])
            #expect(try await game.user("ada")?.inventoryItems == ["Spoon", "Fork"])
        }
    }

    @Test("D30: two processes' stores see one game")
    func shared() async throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("dungeon-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: folder) }
        let one = try GameStore(directory: folder.path)
        let other = try GameStore(directory: folder.path)
        try await one.once(activity("1")) { try $0.insert(User(name: "Ada")) }
        #expect(try await other.read { try $0.user("Ada") } == User(name: "Ada"))
        let results = try await withThrowingTaskGroup(of: Bool.self) { group in
            for number in 0..<40 {
                group.addTask {
                    try await (number % 2 == 0 ? one : other).once(activity("claim \(number)")) { try $0.claim("Bob") }
                }
            }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        #expect(results.filter { $0 }.count == 1)
    }

    @Test("D31 to D33: names and places are made of lists of their lengths")
    func words() {
        #expect([Words.adjectives, Words.colours, Words.beasts].map(\.count) == [10, 7, 11])
        #expect([Words.weaponTypes, Words.weapons].map(\.count) == [9, 11])
        #expect([Words.treasureTypes, Words.treasures].map(\.count) == [9, 8])
        #expect([Words.roomTypes, Words.walls, Words.contents].map(\.count) == [16, 11, 12])
        #expect(Words.contents.allSatisfy { $0.hasSuffix(".") })
        for _ in 0..<200 {
            let monster = Words.monster().split(separator: " ").map { String($0) }
            #expect(monster.count == 3)
            #expect(
                Words.adjectives.contains(monster[0]) && Words.colours.contains(monster[1])
                    && Words.beasts.contains(monster[2]))
            let weapon = Words.weapon().split(separator: " ").map { String($0) }
            #expect(Words.weaponTypes.contains(weapon[0]) && Words.weapons.contains(weapon[1]))
            let treasure = Words.treasure().split(separator: " ").map { String($0) }
            #expect(Words.treasureTypes.contains(treasure[0]) && Words.treasures.contains(treasure[1]))
            let room = Words.room()
            let match = room.description.wholeMatch(of: /You are standing in a (\w+) room with ([\w -]+)\. (.+\.)\./)
            #expect(match.map { "A \($0.1) room" } == room.name)
            #expect(match.map { Words.walls.contains(String($0.2)) && Words.contents.contains(String($0.3)) } == true)
        }
    }

    @Test("D34: every word is picked some time, the last of a list too, and none has a comma")
    func lastWord() {
        // 4000 picks of 16: that one is missing has a chance of less than 1 in 10^100.
        let rooms = Set((0..<4000).map { _ in Words.room().name })
        #expect(rooms.count == 16)
        let weapons = (0..<4000).map { _ in Words.weapon() }
        #expect(weapons.contains { $0.hasPrefix(Words.weaponTypes.last!) })
        #expect(weapons.contains { $0.hasSuffix(Words.weapons.last!) })
        let lists = [
            Words.adjectives, Words.colours, Words.beasts, Words.weaponTypes, Words.weapons, Words.treasureTypes,
            Words.treasures,
        ]
        #expect(lists.joined().allSatisfy { !$0.contains(",") && !$0.contains(" ") })
    }

    @Test("Names with anything in them make instance IDs, different ones for different names")
    func instanceIDs() async throws {
        #expect(GameID.userConfirmation("Ada") == "confirm-Ada")
        #expect(GameID.escaped("a/b\\c#d?e*f%g\u{0}\u{9f}") == "a%2Fb%5Cc%23d%3Fe%2Af%25g%00%C2%9F")
        #expect(GameID.escaped("a%2Fb") != GameID.escaped("a/b"))
        #expect(!GameID.isTooLong(String(repeating: "x", count: 100)))
        #expect(GameID.isTooLong(String(repeating: "x", count: 101)))
        #expect(GameID.isTooLong(String(repeating: "/", count: 34)))
        #expect(GameID.of("Other", "Ada") == nil)

        try await DungeonGame.run { game in
            let names = [
                "é", "e\u{301}", "日本 語", "👩‍👩‍👧", "<b>&amp;</b>", #"O'Brien "x""#, "a/b#?*%", "\u{0}", "@root", "$x",
                "Robert'); DROP TABLE users;--", String(repeating: "x", count: 100), "\u{202E}evil", " Ada ",
            ]
            for name in names {
                let json = String(decoding: try JSONEncoder().encode(["name": name]), as: UTF8.self)
                #expect(try await game.command("NewUser", json) == .ok, "\(name)")
                #expect(try await game.command("ConfirmUser", json) == .ok, "\(name)")
                let path = try #require(name.addingPercentEncoding(withAllowedCharacters: .alphanumerics))
                #expect(try await game.workflow("RunUserSequentialWorkflow", of: path) == "Completed", "\(name)")
                let (status, text) = try await game.get("/api/GameStatus/\(path)")
                #expect(status == 200)
                let shown = try JSONValue(Payload(json: text))["user"]?["name"]?.stringValue
                #expect(shown.map { Array($0.utf8) } == Array(name.utf8))
            }
        }
    }
}
#endif
