import WarrenMessaging

/// The actual events, as seen outside of the host.
package final class SimLedger: @unchecked Sendable {
    struct Effect: Hashable {
        var execution: String
        var task: Int
    }

    /// The activities that ran at least once.
    var effects: Set<Effect> = []
    /// The answers, by the requests that they answer.
    var replies: [String: [ReplyMessage]] = [:]
}
