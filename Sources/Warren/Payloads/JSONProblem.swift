/// Why bytes are not acceptable JSON.
package struct JSONProblem: Error, Hashable, CustomStringConvertible {
    /// What kind of fault it is, for those who treat some text that is no JSON as text.
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
