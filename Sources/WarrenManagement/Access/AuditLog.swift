#if HTTP
import Logging

/// Records commands: who sent what to which instance, and the outcome; never a payload, a reason or a key's secret.
struct AuditLog: Sendable {
    private let logger: Logger

    init(logger: Logger) {
        self.logger = logger
    }

    func record(_ command: String, instance: String?, by caller: Caller, status: Int) {
        var facts: Logger.Metadata = ["command": "\(command)", "status": "\(status)"]
        if let instance { facts["instance"] = "\(instance)" }
        if let key = caller.key {
            facts["key"] = "\(key.id)"
            facts["by"] = "\(key.name)"
        }
        if let address = caller.address { facts["address"] = "\(address)" }
        logger.info("Command", metadata: facts)
    }
}
#endif
