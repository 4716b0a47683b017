/// Allows a function to throw a failure itself.
extension FailureDetails: FailureDetailsConvertible {
    /// This failure.
    public var failureDetails: FailureDetails { self }
}

extension FailureDetails {
    /// The size limit for the data of one failure, in bytes of JSON. Larger data is left out, and the stack states
    /// that.
    public static let maximumDetailsBytes = 64 * 1024

    /// A failure that carries a value for the code that catches it.
    ///
    /// - Parameters:
    ///   - type: the kind of the failure, for programs.
    ///   - message: the description of the failure, for people.
    ///   - details: the value.
    ///   - stack: the place of the failure, if that is known.
    ///   - isNonRetriable: whether another attempt is pointless.
    ///   - codec: writes the value; the standard codec, unless the hub's functions use another.
    /// - Throws: `WarrenError` with code `payloadNotEncodable`.
    public init<Details: Encodable>(
        type: String, message: String, carrying details: Details, stack: String? = nil, isNonRetriable: Bool = false,
        with codec: any PayloadCodec = JSONPayloadCodec()
    ) throws {
        self.init(
            type: type, message: message, stack: stack, details: try codec.encode(details),
            isNonRetriable: isNonRetriable)
    }

    /// The first data of a type that this failure or one of its causes carries, outermost first; `nil` if there is
    /// none.
    ///
    /// - Parameters:
    ///   - type: the type of the value.
    ///   - codec: reads the data; the standard codec, unless the hub's functions use another.
    public func details<Details: Decodable>(
        as type: Details.Type = Details.self, with codec: any PayloadCodec = JSONPayloadCodec()
    ) -> Details? {
        // Data of another type is no error here: the causes are searched for data of this type.
        if let details, let value = try? codec.decode(type, from: details) { return value }
        for cause in inner {
            if let value = cause.details(as: type, with: codec) { return value }
        }
        return nil
    }

    /// This failure without data that exceeds the limit, here and in its causes.
    package var bounded: FailureDetails {
        var bounded = self
        if let details, details.bytes.count > Self.maximumDetailsBytes {
            bounded.details = nil
            let line =
                "The failure's details have \(details.bytes.count) bytes of JSON and were left out; "
                + "\(Self.maximumDetailsBytes) are allowed."
            bounded.stack = stack.map { $0 + "\n" + line } ?? line
        }
        bounded.inner = inner.map(\.bounded)
        return bounded
    }
}

extension TaskFailure {
    /// The first data of a type that the failed function or one of its causes reported, outermost first; `nil` if there
    /// is none.
    ///
    /// ```swift
    /// } catch let failure as TaskFailure {
    ///     if let decline = failure.details(as: Decline.self) { … }
    /// }
    /// ```
    ///
    /// - Parameters:
    ///   - type: the type of the value.
    ///   - codec: reads the data; the standard codec, unless the hub's functions use another.
    public func details<Details: Decodable>(
        as type: Details.Type = Details.self, with codec: any PayloadCodec = JSONPayloadCodec()
    ) -> Details? {
        details.details(as: type, with: codec)
    }
}
