/// The `type` property of messages that Warren publishes.
package enum WireType {
    package static let start = "warren.start"
    package static let raise = "warren.raise"
    package static let control = "warren.control"
    package static let update = "warren.update"
    package static let purge = "warren.purge"
    package static let childCompleted = "warren.child-completed"
    package static let query = "warren.query"
    package static let limits = "warren.limits"
    package static let permit = "warren.permit"
    package static let work = "warren.work"
    package static let result = "warren.result"
    package static let cancellation = "warren.cancellation"
    package static let lifecycle = "warren.lifecycle"
    package static let console = "warren.console"
    package static let reply = "warren.reply"
    package static let dead = "warren.dead"
    package static let owner = "warren.owner"
    package static let hostBeat = "warren.host-beat"
    /// See `TurnQueue`.
    package static let token = "warren.token"
    package static let ownerProbe = "warren.owner-probe"
}
