/// A request to an entity that is written as one function: the operation's name and its input.
public struct EntityCall: Sendable {
    /// The name of the operation, as the sender wrote it.
    public let name: String
    private let payload: Payload
    private let codec: any PayloadCodec

    init(name: String, payload: Payload, codec: any PayloadCodec) {
        self.name = name
        self.payload = payload
        self.codec = codec
    }

    /// Whether the operation is this one, without regard to case.
    public func isNamed(_ name: String) -> Bool { self.name.lowercased() == name.lowercased() }

    /// Reads the input.
    ///
    /// - Throws: A failure of type `InvalidInput` if it is not of the type.
    public func input<Value: Codable & Sendable>(as type: Value.Type = Value.self) throws -> Value {
        try InvalidInput.decode(payload, PayloadCoder<Value>.codable, codec)
    }
}

/// Thrown by an entity for an operation that it does not have.
public struct UnknownOperation: FailureDetailsConvertible, NonRetriableError {
    private let message: String

    /// The failure of an operation that the entity of this call does not have.
    public init(_ call: EntityCall) {
        message = "The entity has no operation '\(call.name)'."
    }

    package init(_ operation: String, of entity: EntityID, known: [String]) {
        message =
            "The entity '\(entity.name)' has no operation '\(operation)'. "
            + (known.isEmpty ? "It has none." : "It has: \(known.joined(separator: ", ")).")
    }

    /// The failure as data.
    public var failureDetails: FailureDetails {
        FailureDetails(type: "UnknownOperation", message: message, isNonRetriable: true)
    }
}
