/// A reference to a query of running instances: its name and the types of its input and output.
///
/// An orchestrator answers it with ``OrchestrationContext/answer(_:file:line:handler:)-(Query<Input,Output>,_,_,_)`` from
/// what it has in memory, and callers ask with a client. A query changes nothing.
///
/// ```swift
/// let remaining = Query<Void, Int>("remaining")
/// ```
public struct Query<Input: Sendable, Output: Sendable>: Sendable {
    package let handler: HandlerReference<Input, Output>

    /// The name: unique among the queries of an orchestration.
    public var name: String { handler.name }
}

extension Query where Input: Codable, Output: Codable {
    /// A reference; traps if the name does not match `^[A-Za-z_][A-Za-z0-9_.-]{0,99}$`.
    public init(_ name: String, file: StaticString = #fileID, line: UInt = #line) {
        handler = HandlerReference(name, .codable, .codable, file, line)
    }
}

extension Query where Input == Void, Output: Codable {
    /// A reference to a query without input.
    public init(_ name: String, file: StaticString = #fileID, line: UInt = #line) {
        handler = HandlerReference(name, .void, .codable, file, line)
    }
}
