/// Thrown in place of a function's body when its input is not of the declared type.
struct InvalidInput: FailureDetailsConvertible, NonRetriableError {
    let failureDetails: FailureDetails

    /// Decodes the input; an input that cannot be read becomes the function's failure.
    static func decode<Value>(
        _ payload: Payload, _ coder: PayloadCoder<Value>, _ codec: any PayloadCodec
    ) throws -> Value {
        do {
            return try coder.decode(payload, codec)
        } catch let error as WarrenError where error.code == .payloadNotDecodable {
            throw InvalidInput(
                failureDetails: .unreadable(FailureDetails.UnreadableType.input, "The input", error))
        }
    }
}
