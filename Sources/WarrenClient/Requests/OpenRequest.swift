import WarrenMessaging

/// Keeps a request open as long as its answer can be requested.
final class OpenRequest: Sendable {
    let correlationID: String
    private let replies: ReplyRouter

    /// - Parameter correlationID: of a request that was opened with the router before.
    init(_ correlationID: String, replies: ReplyRouter) {
        self.correlationID = correlationID
        self.replies = replies
    }

    deinit {
        replies.forget(correlationID)
    }

    func answer(_ stage: ReplyRouter.Stage) async throws -> ReplyMessage {
        try await replies.answer(to: correlationID, stage)
    }
}
