import Warren
package import WarrenMessaging
import WarrenSupport

/// By which names a command is found again after the process died over it.
extension Command {
    /// The instance that is touched. Of questions and purges, what is asked: an instance is not to blame for what somebody
    /// wants to know of it. `@` begins no instance ID.
    package var suspicionSubject: String? {
        switch self {
        case .start(let command): command.suspicionSubject
        case .raise(let command): command.instanceID
        case .control(let command): command.instanceID
        case .childCompleted(let command): command.parent.instanceID
        case .workResult(let result): result.token.instanceID
        case .query, .purge: "@question:" + String(suspicionHash, radix: 16)
        }
    }

    /// Whether it changes nothing, or nothing that anybody waits for: it is never worth a host, however often it is sent.
    package var isQuestion: Bool {
        switch self {
        case .query, .purge: true
        case .start, .raise, .control, .childCompleted, .workResult: false
        }
    }

    /// The same for every delivery of one message, and another one for other messages; never 0.
    package var suspicionHash: UInt64 {
        var hash = SuspicionHash()
        switch self {
        case .start(let command):
            hash.add("start")
            hash.add(command.suspicionSubject)
            hash.add(command.context)
        case .raise(let command):
            hash.add("raise")
            hash.add(command.instanceID)
            hash.add(command.eventName)
            hash.add(command.context)
            hash.add(command.payload.json)
        case .control(let command):
            hash.add(command.verb.rawValue)
            hash.add(command.instanceID)
            hash.add(command.context)
        case .childCompleted(let command):
            hash.add("child")
            hash.add(command.parent.executionID)
            hash.add("\(command.parent.taskID)")
        case .workResult(let result):
            hash.add("result")
            hash.add(result.token.executionID)
            hash.add("\(result.token.taskID)")
        case .purge(let command):
            hash.add("purge")
            hash.add("\(command.query)")
        case .query(let command):
            switch command.question {
            case .status(let instanceID, let includesHistory):
                hash.add(includesHistory ? "history" : "status")
                hash.add(instanceID)
            case .wait(let instanceID):
                hash.add("wait")
                hash.add(instanceID)
            case .list(let query):
                hash.add("list")
                hash.add("\(query)")
            case .damaged:
                hash.add("damaged")
                hash.add("\(command.partition)")
            case .describe: hash.add("describe")
            }
        }
        return hash.result
    }
}

extension AlarmQueue.Subject {
    /// The same in every process, and another one for other alarms of an instance; never 0.
    package var suspicionHash: UInt64 {
        var hash = SuspicionHash()
        switch self {
        case .timer(let key): hash.add("timer/\(key.generation)/\(key.id)")
        case .lease(let key): hash.add("lease/\(key.generation)/\(key.taskID)")
        case .held(let id): hash.add("held/\(id)")
        }
        return hash.result
    }
}

extension TaskToken {
    /// The same in every process, and another one for other tasks; never 0.
    package var suspicionHash: UInt64 {
        var hash = SuspicionHash()
        hash.add("undeliverable/\(executionID)/\(taskID)")
        return hash.result
    }
}

extension StartCommand {
    /// The instance's ID, or for a start that gives neither ID nor message ID, whose instance has another random ID at
    /// every delivery, the hash of what it asks for. `@` begins no instance ID.
    package var suspicionSubject: String {
        guard context.messageKey == nil, parent == nil else { return instanceID }
        return "@start:" + String(UInt64(bitPattern: context.bodyHash), radix: 16)
    }
}

/// FNV-1a-64: the same in every process, unlike `Hasher`.
private struct SuspicionHash {
    private var hash = FNV1a64()

    /// 0 stands for no message at all.
    var result: UInt64 { hash.value == 0 ? 1 : hash.value }

    mutating func add(_ text: String) {
        hash.add(text)
        // Ends a field: no UTF-8 contains this byte.
        hash.add(0xFF as UInt8)
    }

    mutating func add(_ context: CommandContext) {
        add(context.messageKey ?? "")
        add(String(context.bodyHash))
    }
}
