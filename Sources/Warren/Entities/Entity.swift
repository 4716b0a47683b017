import WarrenSupport

/// A reference to a kind of entity: its name and the type of its state.
///
/// An entity is a small piece of durable state with operations that run one at a time. It is addressed by the name of
/// its kind and a key, and exists from its first operation until its state is deleted.
///
/// ```swift
/// enum Bank {
///     static let account = Entity<Account>("Account")
///     static let deposit = account.operation("deposit", Int.self, returning: Int.self)
/// }
///
/// host.register(Bank.deposit) { account, amount, context in
///     account.balance += amount
///     return account.balance
/// }
/// ```
public struct Entity<State: Codable & Sendable>: Sendable {
    /// The name: unique in a task hub, without regard to case.
    public let name: String
    /// The state of an entity that has not had an operation.
    let initial: State
    let coder: PayloadCoder<State>

    /// A reference; traps if the name does not match `^[A-Za-z_][A-Za-z0-9_.-]{0,99}$`.
    ///
    /// - Parameters:
    ///   - name: The name.
    ///   - initial: The state of an entity that has not had an operation.
    ///   - file: The file of the reference, for reports.
    ///   - line: The line of the reference, for reports.
    public init(_ name: String, initial: State, file: StaticString = #fileID, line: UInt = #line) {
        NameRules.require(name: name, file: file, line: line)
        self.name = name
        self.initial = initial
        coder = .codable
    }

    /// The identity of the entity with a key.
    public subscript(key: String) -> EntityID { EntityID(name: name, key: key) }

    /// Reads a state as it is stored.
    package func decodeState(_ payload: Payload, with codec: any PayloadCodec) throws -> State {
        try coder.decode(payload, codec)
    }
}

extension Entity where State: EntityState {
    /// A reference to entities that begin with `State()`; traps if the name does not match
    /// `^[A-Za-z_][A-Za-z0-9_.-]{0,99}$`.
    public init(_ name: String, file: StaticString = #fileID, line: UInt = #line) {
        self.init(name, initial: State(), file: file, line: line)
    }
}

extension Entity {
    /// A reference to an operation with input and result; traps if the name is not acceptable.
    public func operation<Input: Codable & Sendable, Output: Codable & Sendable>(
        _ name: String, _ input: Input.Type, returning output: Output.Type, file: StaticString = #fileID,
        line: UInt = #line
    ) -> EntityOperation<State, Input, Output> {
        EntityOperation(self, name, .codable, .codable, file, line)
    }

    /// A reference to an operation with input and without result; traps if the name is not acceptable.
    public func operation<Input: Codable & Sendable>(
        _ name: String, _ input: Input.Type, file: StaticString = #fileID, line: UInt = #line
    ) -> EntityOperation<State, Input, Void> {
        EntityOperation(self, name, .codable, .void, file, line)
    }

    /// A reference to an operation with result and without input; traps if the name is not acceptable.
    public func operation<Output: Codable & Sendable>(
        _ name: String, returning output: Output.Type, file: StaticString = #fileID, line: UInt = #line
    ) -> EntityOperation<State, Void, Output> {
        EntityOperation(self, name, .void, .codable, file, line)
    }

    /// A reference to an operation without input and result; traps if the name is not acceptable.
    public func operation(
        _ name: String, file: StaticString = #fileID, line: UInt = #line
    ) -> EntityOperation<State, Void, Void> {
        EntityOperation(self, name, .void, .void, file, line)
    }
}
