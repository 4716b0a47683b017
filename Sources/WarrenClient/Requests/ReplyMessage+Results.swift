import Warren
import WarrenMessaging

/// Reads the answers to queries and updates.
extension ReplyMessage {
    /// The result that a handler returned.
    ///
    /// - Throws: ``HandlerFailure`` if it failed, ``ClientError`` if the host refused the message.
    func result(of name: String, _ instanceID: String) throws -> Payload {
        switch status {
        case .answered: return body
        case .failure:
            throw HandlerFailure(instanceID: instanceID, name: name, details: FailureCodec.decode(body))
        case .rejected:
            let failure = ReplyCodec.failure(of: self).map {
                HandlerFailure(instanceID: instanceID, name: name, details: $0)
            }
            throw ClientError(rejection: self, cause: failure)
        case .accepted, .completed, .failed, .terminated:
            throw ClientError(
                .invalidReply, "The host's answer to '\(name)' is '\(status.rawValue)', which is no result.")
        }
    }
}
