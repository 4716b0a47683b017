import WarrenSupport

extension MessagingError {
    /// Says that stored messages cannot be read, and why.
    init(_ problem: ByteProblem) {
        let text =
            switch problem.kind {
            case .endsEarly: "they end too early"
            case .numberTooLarge: "a number is too large"
            case .numberTooLong: "a number is too long"
            case .lengthBeyondEnd: "a length is beyond the end"
            case .textNotUTF8: "a text is no UTF-8"
            case .content(let text): text
            }
        self.init(.corrupt, "Stored messages cannot be read at byte \(problem.position): \(text).")
    }
}
