import WarrenSupport

/// A reference to an external event: its name and the type of its value.
///
/// Names of events compare without regard to case. The value is `Codable` or `Void`.
public struct ExternalEvent<Value: Sendable>: Sendable {
    /// The name.
    public let name: String
    package let coder: PayloadCoder<Value>

    fileprivate init(_ name: String, _ coder: PayloadCoder<Value>, _ file: StaticString, _ line: UInt) {
        NameRules.require(eventName: name, file: file, line: line)
        self.name = name
        self.coder = coder
    }

    package func encode(_ value: Value, with codec: any PayloadCodec) throws -> Payload {
        try coder.encode(value, codec)
    }
}

extension ExternalEvent where Value: Codable {
    /// A reference; traps unless the name has 1 to 100 bytes of UTF-8 without control characters and `/`.
    public init(_ name: String, file: StaticString = #fileID, line: UInt = #line) {
        self.init(name, .codable, file, line)
    }
}

extension ExternalEvent where Value == Void {
    /// A reference to an event without a value.
    public init(_ name: String, file: StaticString = #fileID, line: UInt = #line) {
        self.init(name, .void, file, line)
    }
}
