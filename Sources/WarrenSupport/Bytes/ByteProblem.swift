/// Why bytes cannot be read. The module that reads turns it into an error of its own.
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

extension ByteProblem {
    /// The reason in words, as the end of a sentence.
    package var reason: String {
        switch kind {
        case .endsEarly: "the bytes end early"
        case .numberTooLarge: "a number is too large"
        case .numberTooLong: "a number is too long"
        case .lengthBeyondEnd: "a length goes beyond the end"
        case .textNotUTF8: "a text is not UTF-8"
        case .content(let text): text
        }
    }
}
