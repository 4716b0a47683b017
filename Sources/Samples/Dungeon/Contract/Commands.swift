#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// The input of `NewUser` and `ConfirmUser`: `{"name":"Ada"}`.
struct UserCommand: Codable, Sendable, Hashable {
    var name: String?
}

/// The input of `Action`: `{"name":"Ada","action":"kill","target":"Hungry Ashen Troll","with":"Silver Mace"}`.
struct ActionCommand: Codable, Sendable, Hashable {
    var name: String?
    /// `get` or `kill`.
    var action: String?
    /// What to get, or whom to kill.
    var target: String?
    /// The weapon.
    var with: String?
}

/// The outcome of a command, in the terms of HTTP. A client of the HTTP API receives exactly this.
struct Reply: Codable, Sendable, Hashable {
    /// 200, 400 or 404.
    var status: Int
    var text: String

    static let ok = Reply(status: 200, text: "")
    static let notFound = Reply(status: 404, text: "")

    static func refused(_ text: String) -> Reply { Reply(status: 400, text: text) }

    var isOK: Bool { status == 200 }
}

/// What an action came to, and what the game's monitor has to be told.
struct Deed: Codable, Sendable, Hashable {
    var reply: Reply
    var killedMonster = false
    var gotTreasure = false
}

/// Whether there is a confirmation to be answered.
struct ConfirmationQuestion: Codable, Sendable, Hashable {
    var name: String?
    /// The confirmation was asked for no earlier than this.
    var since: Date
}
