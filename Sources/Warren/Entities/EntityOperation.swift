import WarrenSupport

/// A reference to an operation of an entity: the entity, a name, and the types of input and result.
///
/// Names of operations compare without regard to case. Every entity has the operation `delete` unless another one is
/// registered under that name: it deletes the state.
public struct EntityOperation<State: Codable & Sendable, Input: Sendable, Output: Sendable>: Sendable {
    /// A body: it changes the state in place. If it throws, the state, and everything that it asked of the context, are
    /// as if it had not run.
    public typealias Body = @Sendable (inout State, Input, EntityContext) async throws -> Output

    /// The entity.
    public let entity: Entity<State>
    /// The name: 1 to 100 bytes without control characters and `/`, not beginning with `@`.
    public let name: String
    package let input: PayloadCoder<Input>
    package let output: PayloadCoder<Output>

    init(
        _ entity: Entity<State>, _ name: String, _ input: PayloadCoder<Input>, _ output: PayloadCoder<Output>,
        _ file: StaticString, _ line: UInt
    ) {
        NameRules.require(eventName: name, file: file, line: line)
        // trap: references are written in the source; names that data makes are not.
        precondition(!name.hasPrefix("@"), "The operation '\(name)' begins with '@'.", file: file, line: line)
        self.entity = entity
        self.name = name
        self.input = input
        self.output = output
    }

    package func encodeInput(_ value: Input, with codec: any PayloadCodec) throws -> Payload {
        try input.encode(value, codec)
    }
}
