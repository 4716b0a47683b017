/// The reason why bytes are not acceptable JSON.
package struct JSONProblem: Error, Hashable, CustomStringConvertible {
    /// The kind of the fault, for callers that treat some text that is not JSON as text.
    package enum Reason: Sendable, Hashable {
        case syntax
        /// Not UTF-8, hence no text either.
        case encoding
        case depth
    }

    /// The position of the first offending byte.
    package var offset: Int
    package var reason: Reason
    package var message: String

    package var description: String { "\(message) at byte \(offset)" }
}
