import Warren
import WarrenMessaging

/// Something that a partition is asked to do.
///
/// It has two halves, which the compiler keeps apart. `resolve` finds what is needed, in memory or among what was read, and
/// changes nothing but what memory has of the store; if it misses something it says so and is called again. `apply` takes
/// effect: it reads nothing and cannot fail.
protocol PartitionCommand: Sendable {
    /// What `resolve` found.
    associatedtype Found

    /// The instance, or the message, to which a death of the process over it is put down; `nil` if it runs nothing.
    var crashSubject: String? { get }
    /// Tells it from other commands for the same subject: the same in every process and at every delivery; never 0.
    var crashHash: UInt64 { get }
    /// What its message carries beside what it asks for.
    var context: CommandContext { get }

    func resolve(_ state: inout PartitionState, _ frame: Frame) throws(Unresolved) -> Found
    func apply(_ found: Found, _ state: inout PartitionState, _ step: inout Step, _ frame: Frame)
}

extension PartitionCommand {
    var crashSubject: String? { nil }
    var crashHash: UInt64 { 1 }
    var context: CommandContext { CommandContext() }
}

/// Why a command cannot take effect yet.
enum Unresolved: Error {
    /// It depends on this.
    case needs(ReadRequest)
    /// A row that it depends on cannot be read.
    case damaged(instance: Int64?, reason: String)
    /// It is for an instance, given by its key, of which an executor has an episode: it waits for the answer.
    case busy(Int64)
}

/// What a command is applied in.
struct Frame {
    let around: PartitionSurroundings
    let now: Timestamp
    /// Whether a worker's silence says anything: its heartbeats come by the broker.
    let areWorkersHeard: Bool
    /// The message that the command came in.
    var source: InboundMessage?
    var number: InputNumber?
    /// The instance that begins at this moment, if the command was kept for that: what steered it before is history.
    var beginning: Int64?

    var rules: PartitionRules { around.rules }
    var wire: PartitionWire { around.wire }
    var catalog: any OrchestrationCatalog { around.catalog }
}
