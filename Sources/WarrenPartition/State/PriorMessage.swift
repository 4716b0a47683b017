import Warren
import WarrenMessaging

/// What is known under a message's key.
package enum PriorMessage: Sendable, Hashable {
    case none
    /// The same message; it went to this instance.
    case same(instanceID: String)
    /// Another message under the same key.
    case other
    /// The same message; it was refused for good.
    case refused
}

extension CommandContext {
    /// Makes the key by which a call of a sub-orchestration is recognised.
    ///
    /// A call is sent until its partition has noted that it is safe, so it may arrive again at any time before that:
    /// after its child has ended, and whatever has happened to the child since. The child's row names the call that it
    /// answers, and in most cases that is enough. Whatever removes the row from the call (the next call of that ID, a
    /// restart, a purge), or answers the call without a row, leaves a key of the call among those of other messages.
    init(call: ParentInstance) {
        self.init(messageKey: "call:\(call.executionID):\(call.taskID)")
    }
}
