#if HTTP
/// An error of a server that cannot begin.
public struct ServerError: Error, Sendable, CustomStringConvertible {
    /// The fault and the remedy.
    public let message: String

    init(_ message: String) {
        self.message = message
    }

    /// The message.
    public var description: String { message }
}
#endif
