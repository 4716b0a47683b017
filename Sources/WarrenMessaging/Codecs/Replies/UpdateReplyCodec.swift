package import Warren

/// Builds the bodies of answers to queries and updates.
extension ReplyCodec {
    /// Builds the refusal of an update by its validator: `{"reason", "detail", "failure"}`.
    package static func body(of refusal: Refusal, failure: FailureDetails) -> Payload {
        var body = body(of: refusal).bytes
        // The body is an object with members.
        body.removeLast()
        body += Array(",\"failure\":".utf8) + FailureCodec.encode(failure).bytes + [UInt8(ascii: "}")]
        return Payload(bytes: body)
    }

    /// The failure that a refusal carries, if it carries one.
    package static func failure(of reply: ReplyMessage) -> FailureDetails? {
        let parsed = Result { () throws(JSONProblem) in try JSONObjectReader(reply.body.bytes) }
        guard reply.status == .rejected, case .success(let object?) = parsed, let raw = object.raw("failure") else {
            return nil
        }
        return FailureCodec.decode(Payload(bytes: Array(raw)))
    }
}
