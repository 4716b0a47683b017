import WarrenMessaging

/// Something to be applied, and where it comes from.
struct QueuedWork: Sendable {
    var work: Work
    /// The message that it came in.
    var source: InboundMessage?
    var number: InputNumber?
    /// Whether it follows from the input before it.
    var isFollowUp = false
}
