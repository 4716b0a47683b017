/// A reference to an update of running instances: its name and the types of its input and output.
///
/// An orchestrator takes it with the method `accept` of its ``OrchestrationContext``: the update is recorded in the
/// history, changes the orchestrator's state, and is answered with a result.
///
/// ```swift
/// let addItem = Update<Item, Int>("addItem")
/// ```
public struct Update<Input: Sendable, Output: Sendable>: Sendable {
    package let handler: HandlerReference<Input, Output>

    /// The name: unique among the updates of an orchestration.
    public var name: String { handler.name }
}

extension Update where Input: Codable, Output: Codable {
    /// A reference; traps if the name does not match `^[A-Za-z_][A-Za-z0-9_.-]{0,99}$`.
    public init(_ name: String, file: StaticString = #fileID, line: UInt = #line) {
        handler = HandlerReference(name, .codable, .codable, file, line)
    }
}

extension Update where Input == Void, Output: Codable {
    /// A reference to an update without input.
    public init(_ name: String, file: StaticString = #fileID, line: UInt = #line) {
        handler = HandlerReference(name, .void, .codable, file, line)
    }
}

extension Update where Input: Codable, Output == Void {
    /// A reference to an update without a result.
    public init(_ name: String, file: StaticString = #fileID, line: UInt = #line) {
        handler = HandlerReference(name, .codable, .void, file, line)
    }
}

extension Update where Input == Void, Output == Void {
    /// A reference to an update without input and result.
    public init(_ name: String, file: StaticString = #fileID, line: UInt = #line) {
        handler = HandlerReference(name, .void, .void, file, line)
    }
}
