/// A failure of a query over the files of a data directory.
package struct QueryError: Error, Sendable, CustomStringConvertible {
    /// The kind of the failure.
    package enum Code: Sendable, Hashable {
        /// The directory has no partition files of the hub. Name the data directory of a host.
        case noFiles
        /// SQLite does not understand the statement. The message has its words.
        case statement
        /// The statement would change something, or reach beyond the views.
        case refused
        /// The time limit was reached.
        case timedOut
        /// A host began to write a file that was read as if nobody would. Ask again.
        case changed
    }

    package var code: Code
    package var message: String

    package init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }

    package var description: String { message }
}
