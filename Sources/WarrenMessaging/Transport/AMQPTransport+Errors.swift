import AMQP

extension MessagingError {
    /// Translates a refusal of the broker to an error of the messaging layer if that has a code for it; otherwise
    /// returns the error itself (no permission, no connection, …), which states the remedy.
    static func explaining(_ error: AMQPError, about subject: String) -> any Error {
        switch error.code {
        case .notFound where !error.saysThatThereIsNone:
            // The broker knows it and cannot reach it: a node is down, or has just started.
            MessagingError(
                .interrupted, "The \(subject) is out of reach at present. Try again. (\(error.message))")
        case .notFound:
            MessagingError(
                .missing, "There is no \(subject). Provision the task hub's topology first. (\(error.message))")
        case .preconditionFailed:
            // The broker names the first argument that differs and both values.
            MessagingError(
                .different,
                "The \(subject) exists and is different: \(error.message). An existing one cannot be changed: remove it, "
                    + "or use another hub name.")
        case .resourceLocked:
            MessagingError(
                .inUse, "The \(subject) belongs to somebody else. Choose another name. (\(error.message))")
        case .closed:
            MessagingError(.closed, "The transport is shut down. Make a new one.")
        default:
            error
        }
    }

    /// Whether an error of a transport may pass by itself: another reader, a broker that recovers, a connection that
    /// was lost.
    package static func mayPass(_ error: any Error) -> Bool {
        switch error {
        case let error as MessagingError: [.inUse, .missing, .interrupted].contains(error.code)
        case let error as AMQPError: error.isTransient
        default: false
        }
    }
}
