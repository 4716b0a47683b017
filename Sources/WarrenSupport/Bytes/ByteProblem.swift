/// The reason why bytes cannot be read. The reading module translates it to an error of its own.
package struct ByteProblem: Error {
    package enum Kind: Sendable, Equatable {
        case endsEarly
        case numberTooLarge
        case numberTooLong
        case lengthBeyondEnd
        case textNotUTF8
        /// The fault that the caller of the reader found, in words.
        case content(String)
    }

    package let kind: Kind
    /// The position of the fault, in bytes.
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
