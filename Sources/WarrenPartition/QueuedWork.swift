import WarrenMessaging

/// A piece of work to apply, with its origin.
struct QueuedWork: Sendable {
    var work: Work
    /// The message that carried it.
    var source: InboundMessage?
    var number: InputNumber?
    /// Whether it follows from the input before it.
    var isFollowUp = false
}
