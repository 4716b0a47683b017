package import AMQPMessages

/// An input with the message that carried it.
///
/// A class: an input is moved from queue to queue on its way, and what it consists of is several hundred bytes.
package final class InputContent: Sendable {
    package let work: Work
    package let source: InboundMessage?

    package init(_ work: Work, source: InboundMessage? = nil) {
        self.work = work
        self.source = source
    }
}

/// An item to apply, with its origin.
struct QueuedWork: Sendable {
    var content: InputContent
    var number: InputNumber?
    /// Whether it follows from the input before it.
    var isFollowUp = false

    var work: Work { content.work }

    init(_ content: InputContent, number: InputNumber? = nil, isFollowUp: Bool = false) {
        self.content = content
        self.number = number
        self.isFollowUp = isFollowUp
    }

    init(work: Work, source: InboundMessage? = nil, isFollowUp: Bool = false) {
        self.init(InputContent(work, source: source), isFollowUp: isFollowUp)
    }
}
