#if HTTP
import Logging
import WarrenSupport

/// Records commands: who sent what to which instance, and the outcome; never a payload, a reason or a key's secret.
struct AuditLog: Sendable {
    private let logger: Logger

    init(logger: Logger) {
        self.logger = logger
    }

    func record(_ command: String, instance: String?, by caller: Caller, status: Int) {
        var facts: Logger.Metadata = [LogKey.command: "\(command)", LogKey.status: "\(status)"]
        // The ID of a refused command may be anything, also what ends a line or moves a cursor.
        if let instance { facts[LogKey.instance] = "\(Self.printable(instance))" }
        if let key = caller.key {
            facts[LogKey.key] = "\(key.id)"
            facts[LogKey.by] = "\(key.name)"
        }
        if let address = caller.address { facts[LogKey.address] = "\(address)" }
        logger.info("Command", metadata: facts)
    }

    /// The beginning of a text without control characters.
    static func printable(_ text: String) -> String {
        let scalars = text.unicodeScalars.prefix(128).map { scalar -> Character in
            switch scalar.properties.generalCategory {
            case .control, .format, .lineSeparator, .paragraphSeparator: "\u{FFFD}"
            default: Character(scalar)
            }
        }
        return String(scalars)
    }
}
#endif
