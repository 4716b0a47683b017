import Warren

/// The instance IDs of a user's workflows. They follow from the name, so that every program that knows the name can raise
/// events: `amqp-publish -e localdungeon.event -r confirm-Ada/ApprovalTask -b true`.
enum GameID {
    /// The most bytes that a name may have, escaped; an instance ID has room for 128.
    static let longestName = 100

    static func runUserParallel(_ user: String) -> String { "parallel-" + escaped(user) }
    static func userConfirmation(_ user: String) -> String { "confirm-" + escaped(user) }
    static func runUserSequential(_ user: String) -> String { "sequential-" + escaped(user) }
    static func userMonitor(_ user: String) -> String { "user-monitor-" + escaped(user) }
    static func gameMonitor(_ user: String) -> String { "game-monitor-" + escaped(user) }

    /// The instance of a user's workflow; `nil` if there is no workflow of that name, or no such user can exist.
    static func of(_ workflow: String, _ user: String) -> String? {
        guard !isTooLong(user) else { return nil }
        return switch workflow {
        case Dungeon.runUserParallel.name: runUserParallel(user)
        case Dungeon.userConfirmation.name: userConfirmation(user)
        case Dungeon.runUserSequential.name: runUserSequential(user)
        case Dungeon.userMonitor.name: userMonitor(user)
        case Dungeon.gameMonitor.name: gameMonitor(user)
        default: nil
        }
    }

    static func isTooLong(_ user: String) -> Bool {
        // The escaped name is never shorter, so that a very long one need not be escaped to be refused.
        user.utf8.count > longestName || escaped(user).utf8.count > longestName
    }

    /// A name with what an instance ID must not have written as `%2F`: control characters and `/ \ # ? * %`.
    static func escaped(_ user: String) -> String {
        var text = ""
        for scalar in user.unicodeScalars {
            let isControl = scalar.value < 0x20 || (0x7F...0x9F).contains(scalar.value)
            guard isControl || "/\\#?*%".unicodeScalars.contains(scalar) else {
                text.unicodeScalars.append(scalar)
                continue
            }
            for byte in String(scalar).utf8 {
                text += (byte < 16 ? "%0" : "%") + String(byte, radix: 16, uppercase: true)
            }
        }
        return text
    }
}
