/// Tells whether bytes from outside are JSON, before anything else looks at them.
package enum JSONValidator {
    /// Checks that bytes are one JSON value in strict UTF-8, nested no deeper than allowed.
    package static func check(_ bytes: [UInt8], maximumDepth: Int = 64) throws(Problem) {
        try JSONReader.check(bytes, maximumDepth: maximumDepth)
    }

    /// Why bytes are not acceptable JSON.
    package struct Problem: Error, Hashable, CustomStringConvertible {
        /// The position of the first offending byte.
        package var offset: Int
        package var message: String

        package var description: String { "\(message) at byte \(offset)" }
    }
}
