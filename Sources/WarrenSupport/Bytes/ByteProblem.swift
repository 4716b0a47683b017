/// Why bytes cannot be read. The module that reads makes an error of its own of it, in its own words.
package struct ByteProblem: Error {
    package enum Kind: Sendable, Equatable {
        case endsEarly
        case numberTooLarge
        case numberTooLong
        case lengthBeyondEnd
        case textNotUTF8
        /// What the caller of the reader found wrong, in words.
        case content(String)
    }

    package let kind: Kind
    /// Where it was found, and how many bytes there are.
    package let position: Int
    package let count: Int

    @inlinable
    package init(_ kind: Kind, position: Int, count: Int) {
        self.kind = kind
        self.position = position
        self.count = count
    }
}
