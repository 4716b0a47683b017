/// The reason why bytes are no record that this version can read or write.
package struct JournalProblem: Error, Sendable, Hashable, CustomStringConvertible {
    package enum Kind: Sendable, Hashable {
        /// The bytes are no record of a journal. Somebody else appended them; every reader skips them.
        case foreign
        /// A later version wrote the record. A reader that skipped it would differ from the others: it has to stop.
        case newer
        /// The record is not as it was written. A reader reads it again, and stops if it stays so.
        case damaged
        /// The content does not fit. It is never written.
        case tooLarge
    }

    package var kind: Kind
    package var message: String

    package init(_ kind: Kind, _ message: String) {
        self.kind = kind
        self.message = message
    }

    package var description: String { message }
}
