import WarrenSupport

extension MessagingError {
    /// Says that stored messages cannot be read, and why.
    init(_ problem: ByteProblem) {
        self.init(.corrupt, "Stored messages cannot be read at byte \(problem.position): \(problem.reason).")
    }
}
