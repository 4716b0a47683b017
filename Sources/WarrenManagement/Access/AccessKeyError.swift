/// An error about a file of keys.
public struct AccessKeyError: Error, Sendable, CustomStringConvertible {
    /// The file, the fault and the remedy.
    public let message: String

    package init(_ message: String) {
        self.message = message
    }

    /// The message.
    public var description: String { message }
}
