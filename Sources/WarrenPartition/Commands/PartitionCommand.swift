import AMQPMessages
import Warren
import WarrenMessaging

/// A request to a partition.
///
/// It has two halves, which the compiler keeps apart. `resolve` finds what the command needs, in memory or in what was
/// read, and changes only memory's copy of the store; if something is missing, it reports that and is called again.
/// `apply` takes effect: it reads nothing and cannot fail.
protocol PartitionCommand: Sendable {
    /// The result of `resolve`.
    associatedtype Found

    /// The instance, or the message, to which a death of the process during this command is attributed; `nil` if it
    /// runs no code.
    var crashSubject: String? { get }
    /// A hash that distinguishes the command from others for the same subject: equal in every process and at every
    /// delivery; never 0.
    var crashHash: UInt64 { get }
    /// What the command's message carries beside the request itself.
    var context: CommandContext { get }

    func resolve(_ state: inout PartitionState, _ frame: Frame) throws(Unresolved) -> Found
    func apply(_ found: Found, _ state: inout PartitionState, _ step: inout Step, _ frame: Frame)
}

extension PartitionCommand {
    var crashSubject: String? { nil }
    var crashHash: UInt64 { 1 }
    var context: CommandContext { CommandContext() }
}

/// The reason why a command cannot take effect yet.
enum Unresolved: Error {
    /// The command depends on this.
    case needs(ReadRequest)
    /// The command depends on a row that cannot be read.
    case damaged(instance: Int64?, reason: String)
    /// The command is for an instance, given by its key, that has an episode at an executor: it waits for the answer.
    case busy(Int64)
    /// The command depends on the whole history of an instance, given by its key, and a part of it is in memory or on
    /// its way to the store: it waits for that.
    case unstored(Int64)
}

/// The surroundings in which a command is applied.
struct Frame {
    let around: PartitionSurroundings
    let now: Timestamp
    /// Whether a worker's silence means anything: its heartbeats come through the broker.
    let areWorkersHeard: Bool
    var content: InputContent?
    var number: InputNumber?

    /// The message that carried the command.
    var source: InboundMessage? {
        if case .held(_, let source, _)? = content?.work { source } else { content?.source }
    }

    /// The instance that begins at this moment, if the command was kept for that: commands that steered it earlier are
    /// history.
    var beginning: Int64? {
        if case .held(_, _, let beginning)? = content?.work { beginning } else { nil }
    }

    var rules: PartitionRules { around.rules }
    var wire: PartitionWire { around.wire }
    var catalog: any OrchestrationCatalog { around.catalog }
}
