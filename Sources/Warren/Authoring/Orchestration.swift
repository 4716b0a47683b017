import WarrenSupport

/// A reference to an orchestration: its name and the types of its input and output.
///
/// The same value registers the orchestrator, starts it from a client, calls it as a sub-orchestration and decodes its
/// result. Input and output are `Codable` values or `Void`.
///
/// ```swift
/// let helloCities = Orchestration<[String], [String]>("HelloCities") { context, cities in
///     var greetings: [String] = []
///     for city in cities { greetings.append(try await context.call(sayHello, city)) }
///     return greetings
/// }
/// ```
public struct Orchestration<Input: Sendable, Output: Sendable>: Sendable {
    /// An orchestrator: decisions only, deterministic (see <doc:Determinism>).
    public typealias Body = @Sendable (BodyContext<Input>, Input) async throws -> Output

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

extension Orchestration where Input: Codable, Output: Codable {
    /// A reference; traps if the name does not match `^[A-Za-z_][A-Za-z0-9_.-]{0,99}$`.
    public init(_ name: String, file: StaticString = #fileID, line: UInt = #line, body: Body? = nil) {
        self.init(name, .codable, .codable, body, file, line)
    }
}

extension Orchestration where Input == Void, Output: Codable {
    /// A reference to an orchestration without input.
    public init(_ name: String, file: StaticString = #fileID, line: UInt = #line, body: Body? = nil) {
        self.init(name, .void, .codable, body, file, line)
    }

    /// A reference with a body that is only given the context.
    public init(
        _ name: String, file: StaticString = #fileID, line: UInt = #line,
        body: @escaping @Sendable (BodyContext<Void>) async throws -> Output
    ) {
        self.init(name, .void, .codable, { context, _ in try await body(context) }, file, line)
    }
}

extension Orchestration where Input: Codable, Output == Void {
    /// A reference to an orchestration without output.
    public init(_ name: String, file: StaticString = #fileID, line: UInt = #line, body: Body? = nil) {
        self.init(name, .codable, .void, body, file, line)
    }
}

extension Orchestration where Input == Void, Output == Void {
    /// A reference to an orchestration without input and output.
    public init(_ name: String, file: StaticString = #fileID, line: UInt = #line, body: Body? = nil) {
        self.init(name, .void, .void, body, file, line)
    }

    /// A reference with a body that is only given the context.
    public init(
        _ name: String, file: StaticString = #fileID, line: UInt = #line,
        body: @escaping @Sendable (BodyContext<Void>) async throws -> Void
    ) {
        self.init(name, .void, .void, { context, _ in try await body(context) }, file, line)
    }
}
