import WarrenSupport

/// A reference to an activity: its name and the types of its input and output.
///
/// The value is the contract. Processes that call the activity and processes that run it import the same reference and
/// share no other code. Input and output are `Codable` values or `Void`.
///
/// ```swift
/// let chargeCard = Activity<Charge, Receipt>("ChargeCard")          // the body is registered elsewhere
/// let double = Activity<Int, Int>("Double") { number in number * 2 }   // or is given here
/// ```
public struct Activity<Input: Sendable, Output: Sendable>: Sendable {
    /// A body.
    public typealias Body = @Sendable (Input, ActivityContext) async throws -> Output

    /// The name: unique in a task hub.
    public let name: String
    package let input: PayloadCoder<Input>
    package let output: PayloadCoder<Output>
    let body: Body?

    fileprivate init(
        _ name: String, _ input: PayloadCoder<Input>, _ output: PayloadCoder<Output>, _ body: Body?,
        _ file: StaticString, _ line: UInt
    ) {
        NameRules.require(name: name, file: file, line: line)
        self.name = name
        self.input = input
        self.output = output
        self.body = body
    }

    package func encodeInput(_ value: Input, with codec: any PayloadCodec) throws -> Payload {
        try input.encode(value, codec)
    }

    package func decodeOutput(_ payload: Payload, with codec: any PayloadCodec) throws -> Output {
        try output.decode(payload, codec)
    }
}

extension Activity where Input: Codable, Output: Codable {
    /// A reference; traps if the name does not match `^[A-Za-z_][A-Za-z0-9_.-]{0,99}$`.
    public init(_ name: String, file: StaticString = #fileID, line: UInt = #line, body: Body? = nil) {
        self.init(name, .codable, .codable, body, file, line)
    }

    /// A reference with a body that needs no context.
    public init(
        _ name: String, file: StaticString = #fileID, line: UInt = #line,
        body: @escaping @Sendable (Input) async throws -> Output
    ) {
        self.init(name, .codable, .codable, { input, _ in try await body(input) }, file, line)
    }
}

extension Activity where Input == Void, Output: Codable {
    /// A reference to an activity without input.
    public init(_ name: String, file: StaticString = #fileID, line: UInt = #line, body: Body? = nil) {
        self.init(name, .void, .codable, body, file, line)
    }

    /// A reference with a body that needs no context.
    public init(
        _ name: String, file: StaticString = #fileID, line: UInt = #line,
        body: @escaping @Sendable () async throws -> Output
    ) {
        self.init(name, .void, .codable, { _, _ in try await body() }, file, line)
    }
}

extension Activity where Input: Codable, Output == Void {
    /// A reference to an activity without output.
    public init(_ name: String, file: StaticString = #fileID, line: UInt = #line, body: Body? = nil) {
        self.init(name, .codable, .void, body, file, line)
    }

    /// A reference with a body that needs no context.
    public init(
        _ name: String, file: StaticString = #fileID, line: UInt = #line,
        body: @escaping @Sendable (Input) async throws -> Void
    ) {
        self.init(name, .codable, .void, { input, _ in try await body(input) }, file, line)
    }
}

extension Activity where Input == Void, Output == Void {
    /// A reference to an activity without input and output.
    public init(_ name: String, file: StaticString = #fileID, line: UInt = #line, body: Body? = nil) {
        self.init(name, .void, .void, body, file, line)
    }

    /// A reference with a body that needs no context.
    public init(
        _ name: String, file: StaticString = #fileID, line: UInt = #line,
        body: @escaping @Sendable () async throws -> Void
    ) {
        self.init(name, .void, .void, { _, _ in try await body() }, file, line)
    }
}
