/// One thing that is wrong with a configuration.
public struct ConfigurationProblem: Sendable, Hashable, CustomStringConvertible {
    /// The place: a file with its line, a variable of the environment, an option of the command line; `nil` if several places
    /// make the problem together.
    public let place: String?
    /// What is wrong there, what is allowed, and the nearest good value or key. It never holds a secret.
    public let message: String

    init(_ place: String?, _ message: String) {
        self.place = place
        self.message = message
    }

    /// Place and message on one line.
    public var description: String { place.map { "\($0): \(message)" } ?? message }
}
