/// A failure that a function throws as it is.
extension FailureDetails: FailureDetailsConvertible {
    /// This failure.
    public var failureDetails: FailureDetails { self }
}

extension FailureDetails {
    /// How large the data of one failure may be, in bytes of JSON. Larger data is left out, and the stack says so.
    public static let maximumDetailsBytes = 64 * 1024

    /// A failure that carries a value for the code that catches it.
    ///
    /// - Parameters:
    ///   - type: what kind of failure it is, for programs.
    ///   - message: what happened, for people.
    ///   - details: the value.
    ///   - stack: where it happened, if that is known.
    ///   - isNonRetriable: whether trying again makes no sense.
    ///   - codec: how the value is written; the standard codec, unless the hub's functions use another.
    /// - Throws: `WarrenError` with code `payloadNotEncodable`.
    public init<Details: Encodable>(
        type: String, message: String, carrying details: Details, stack: String? = nil, isNonRetriable: Bool = false,
        with codec: any PayloadCodec = JSONPayloadCodec()
    ) throws {
        self.init(
            type: type, message: message, stack: stack, details: try codec.encode(details),
            isNonRetriable: isNonRetriable)
    }

    /// The first data of a type that this failure carries, or one of its causes, outermost first; `nil` if there is none.
    ///
    /// - Parameters:
    ///   - type: the type of the value.
    ///   - codec: how the data is read; the standard codec, unless the hub's functions use another.
    public func details<Details: Decodable>(
        as type: Details.Type = Details.self, with codec: any PayloadCodec = JSONPayloadCodec()
    ) -> Details? {
        // Data of another type is no error here: the question is which of the causes has data of this one.
        if let details, let value = try? codec.decode(type, from: details) { return value }
        for cause in inner {
            if let value = cause.details(as: type, with: codec) { return value }
        }
        return nil
    }

    /// This failure without data that is too large to travel, here and in its causes.
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
    /// The first data of a type that the failed function reported, or one of its causes, outermost first; `nil` if there
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
    ///   - codec: how the data is read; the standard codec, unless the hub's functions use another.
    public func details<Details: Decodable>(
        as type: Details.Type = Details.self, with codec: any PayloadCodec = JSONPayloadCodec()
    ) -> Details? {
        details.details(as: type, with: codec)
    }
}
