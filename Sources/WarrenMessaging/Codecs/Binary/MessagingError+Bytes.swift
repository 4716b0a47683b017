import WarrenSupport

extension MessagingError {
    /// Reports that stored messages cannot be read, and the reason.
    init(_ problem: ByteProblem) {
        self.init(.corrupt, "Stored messages cannot be read at byte \(problem.position): \(problem.reason).")
    }
}
