#if HTTP
import Logging
import Synchronization
import Warren

@testable import Dungeon

/// A call of an activity, for those that are tried without a host.
func activity(_ key: String, printed: PrintedTexts = PrintedTexts()) -> ActivityContext {
    ActivityContext(
        instanceID: key, executionID: "x", orchestration: "Test", activity: "Test", taskID: 0, attempt: 1,
        idempotencyKey: "\(key):x:0",
        logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() },
        printLine: { _, text in printed.add(text) })
}

/// What an activity printed.
final class PrintedTexts: Sendable {
    private let texts = Mutex<[String]>([])
    var all: [String] { texts.withLock { $0 } }
    func add(_ text: String) { texts.withLock { $0.append(text) } }
}

extension GameActivities {
    /// Makes a user with all that a room holds; the keys of these calls are "1" to "5".
    func furnish(_ user: String) async throws {
        try await createUser(user, activity("1"))
        try await createMonster(user, activity("2"))
        try await createRoom(user, activity("3"))
        try await createInventory(user, activity("4"))
        try await placeInventoryInRoom(user, activity("5"))
    }
}
#endif
