import Warren
import WarrenMessaging
import WarrenSupport

/// Hashes what a process may have died over: FNV-1a-64, which is the same in every process, unlike `Hasher`.
struct CrashHash {
    private var hash = FNV1a64()

    /// The hash; never 0, because 0 stands for no message at all.
    var result: UInt64 { hash.value == 0 ? 1 : hash.value }

    mutating func add(_ text: String) {
        hash.add(text)
        // This byte ends a field: it occurs in no UTF-8 text.
        hash.add(0xFF as UInt8)
    }

    mutating func add(_ context: CommandContext) {
        add(context.messageKey ?? "")
        add(String(context.bodyHash))
    }
}

extension AlarmQueue.Subject {
    /// A hash that is the same in every process, and differs for other alarms of an instance; never 0.
    package var crashHash: UInt64 {
        var hash = CrashHash()
        switch self {
        case .timer(let key): hash.add("timer/\(key.generation)/\(key.id)")
        case .lease(let key): hash.add("lease/\(key.generation)/\(key.taskID)")
        case .held(let id): hash.add("held/\(id)")
        case .permits(let activity): hash.add("permits/\(activity)")
        }
        return hash.result
    }
}
