import Warren
import WarrenMessaging
import WarrenStorage

/// Recognising calls of sub-orchestrations that come again.
///
/// A call is sent until its partition has noted that it is safe, so it may come again at any time before that: after its
/// child has ended, and whatever has become of the child since. The child's row says which call it answers, and mostly that
/// is enough. Whatever takes the row from the call (the next call of that ID, a restart, a purge), or answers the call
/// without a row, leaves a key of the call among those of other messages.
extension PartitionProcessor {
    /// Whether a call was taken before, though no row says so any more.
    func wasTaken(_ call: ParentInstance) throws -> Bool {
        if case .none = try priorMessage(CommandContext(call: call)) { false } else { true }
    }

    /// Notes that a call was taken, if it is one.
    func note(_ call: ParentInstance?, instanceID: String, _ batch: inout StepBatch) throws {
        guard let call, try !wasTaken(call) else { return }
        note(CommandContext(call: call), instanceID: instanceID, &batch)
    }

    /// Tells a parent that its sub-orchestration cannot start. That is for good: another copy of the call starts nothing.
    func refuse(
        _ call: ParentInstance, instanceID: String, _ failure: FailureDetails, _ batch: inout StepBatch
    ) throws {
        try note(call, instanceID: instanceID, &batch)
        fail(call, failure, &batch)
    }
}

extension CommandContext {
    /// What a call of a sub-orchestration is recognised by.
    fileprivate init(call: ParentInstance) {
        self.init(messageKey: "call:\(call.executionID):\(call.taskID)")
    }
}
