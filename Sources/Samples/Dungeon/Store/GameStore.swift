import Dispatch
import SampleDatabase
import Synchronization
import Warren

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// The state of all games: a database of its own in the data directory, beside the histories. The processes of several
/// roles may share it.
final class GameStore: Sendable {
    /// The file's name in the data directory.
    static let fileName = "dungeon.sqlite"

    private let database: Mutex<Database>
    /// SQLite blocks, for as long as the disk takes: not a thing to do on the threads that run Swift's tasks.
    private let queue = DispatchQueue(label: "dungeon.store")

    /// Opens the database in a folder, which is made if it is missing.
    init(directory: String) throws {
        try FileManager.default.createDirectory(
            atPath: directory, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        let database = try Database(path: "\(directory)/\(Self.fileName)")
        try database.write {
            for statement in GameSchema.statements { try database.execute(statement) }
        }
        self.database = Mutex(database)
    }

    /// Changes the game once, however often an activity runs.
    ///
    /// What `change` writes, prints and returns is committed in one transaction, under the idempotency key of the call.
    /// If the activity runs again, `change` does not: the same lines are printed, which then have the same message IDs,
    /// and the same value is returned.
    func once<Value: Codable & Sendable>(
        _ context: ActivityContext, _ change: @escaping @Sendable (GameTransaction) throws -> Value
    ) async throws -> Value {
        let key = context.idempotencyKey
        let effect = try await perform { database in
            try database.write {
                if let known = try database.query("SELECT effect FROM effects WHERE key = ?", .text(key)).first {
                    return try JSONDecoder().decode(Effect<Value>.self, from: Data(known.text(0).utf8))
                }
                let game = GameTransaction(database)
                let value = try change(game)
                let effect = Effect(lines: game.lines, value: value)
                let text = String(decoding: try JSONEncoder().encode(effect), as: UTF8.self)
                try database.execute("INSERT INTO effects (key, effect) VALUES (?, ?)", .text(key), .text(text))
                return effect
            }
        }
        for line in effect.lines { context.print(line) }
        return effect.value
    }

    /// Changes the game once, without a value to return.
    func once(
        _ context: ActivityContext, _ change: @escaping @Sendable (GameTransaction) throws -> Void
    ) async throws {
        _ = try await once(context) { game in
            try change(game)
            return Nothing()
        }
    }

    /// Looks at the game.
    func read<Value: Sendable>(_ look: @escaping @Sendable (GameTransaction) throws -> Value) async throws -> Value {
        try await perform { database in
            try database.read { try look(GameTransaction(database)) }
        }
    }

    private func perform<Value: Sendable>(
        _ body: @escaping @Sendable (Database) throws -> Value
    ) async throws -> Value {
        try await withCheckedThrowingContinuation { continuation in
            queue.async { [self] in
                continuation.resume(with: Result { try database.withLock { try body($0) } })
            }
        }
    }
}

/// What an activity came to, for when it runs again.
private struct Effect<Value: Codable & Sendable>: Codable, Sendable {
    var lines: [String]
    var value: Value
}

/// No value.
private struct Nothing: Codable, Sendable {}
