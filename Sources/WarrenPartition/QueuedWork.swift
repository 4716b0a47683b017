package import AMQPMessages
package import WarrenMessaging

/// An input with the message that carried it.
///
/// A class: an input is moved from queue to queue on its way, and what it consists of is several hundred bytes.
package final class InputContent: Sendable {
    package let work: Work
    private let origin: Origin

    private enum Origin: Sendable {
        case none
        case received(InboundMessage)
        /// A partition of this process has handed the command over. Its message was not built.
        case handed(CommandMessage)
    }

    package init(_ work: Work, source: InboundMessage? = nil) {
        self.work = work
        origin = source.map { .received($0) } ?? .none
    }

    /// Takes a command as a partition of this process has made it.
    package init(_ message: CommandMessage) {
        work = .command(message.command)
        origin = .handed(message)
    }

    /// Takes work that follows from an input.
    init(_ work: Work, following input: InputContent) {
        self.work = work
        origin = input.origin
    }

    /// The message that carried the work, for the dead-letter queue; built anew for a command that was handed over.
    package var source: InboundMessage? {
        switch origin {
        case .none: nil
        case .received(let message): message
        case .handed(let message): message.received
        }
    }

    /// The size of the message's body; 0 for work without a message.
    package var bodyBytes: Int {
        switch origin {
        case .none: 0
        case .received(let message): message.body.count
        case .handed(let message): message.body.count
        }
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

    init(work: Work, isFollowUp: Bool = false) {
        self.init(InputContent(work), isFollowUp: isFollowUp)
    }

    /// Takes work that follows from an input.
    init(work: Work, following input: InputContent) {
        self.init(InputContent(work, following: input), isFollowUp: true)
    }
}
