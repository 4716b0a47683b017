import WarrenSupport

/// A reference to an update of running instances: its name and the types of its input and output.
///
/// An orchestrator takes it with
/// ``OrchestrationContext/accept(_:validate:file:line:handler:)-(Update<Input,Output>,_,_,_,_)``: the update is recorded in
/// the history, changes the orchestrator's state, and is answered with a result.
///
/// ```swift
/// let addItem = Update<Item, Int>("addItem")
/// ```
public struct Update<Input: Sendable, Output: Sendable>: Sendable {
    /// The name: unique among the updates of an orchestration.
    public let name: String
    package let input: PayloadCoder<Input>
    package let output: PayloadCoder<Output>

    fileprivate init(
        _ name: String, _ input: PayloadCoder<Input>, _ output: PayloadCoder<Output>, _ file: StaticString, _ line: UInt
    ) {
        NameRules.require(name: name, file: file, line: line)
        self.name = name
        self.input = input
        self.output = output
    }
}

extension Update where Input: Codable, Output: Codable {
    /// A reference; traps if the name does not match `^[A-Za-z_][A-Za-z0-9_.-]{0,99}$`.
    public init(_ name: String, file: StaticString = #fileID, line: UInt = #line) {
        self.init(name, .codable, .codable, file, line)
    }
}

extension Update where Input == Void, Output: Codable {
    /// A reference to an update without input.
    public init(_ name: String, file: StaticString = #fileID, line: UInt = #line) {
        self.init(name, .void, .codable, file, line)
    }
}

extension Update where Input: Codable, Output == Void {
    /// A reference to an update without a result.
    public init(_ name: String, file: StaticString = #fileID, line: UInt = #line) {
        self.init(name, .codable, .void, file, line)
    }
}

extension Update where Input == Void, Output == Void {
    /// A reference to an update without input and result.
    public init(_ name: String, file: StaticString = #fileID, line: UInt = #line) {
        self.init(name, .void, .void, file, line)
    }
}
