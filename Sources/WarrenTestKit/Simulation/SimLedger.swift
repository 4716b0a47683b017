import WarrenMessaging

/// What really happened, as those outside of the host saw it.
package final class SimLedger: @unchecked Sendable {
    struct Effect: Hashable {
        var execution: String
        var task: Int
    }

    /// Activities that ran, at least once.
    var effects: Set<Effect> = []
    /// Answers by what they answer.
    var replies: [String: [ReplyMessage]] = [:]
}
