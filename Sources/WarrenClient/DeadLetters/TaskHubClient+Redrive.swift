import Synchronization
import Warren
package import WarrenMessaging

/// Publishes dead letters again.
extension TaskHubClient {
    /// Publishes letters again to their exchanges, with their own properties, and removes them once the broker has
    /// them.
    ///
    /// They are checked like any other message. The caller waits for the answer in place of their publisher: a refusal
    /// is reported, and makes a new dead letter.
    ///
    /// - Parameters:
    ///   - limit: the maximum number of letters to visit.
    ///   - timeout: the time to wait for the hosts' answers.
    ///   - isWanted: selects the letters to publish again.
    /// - Throws: ``ClientError`` when the broker does not take one; that one and those behind it stay.
    package func redriveDeadLetters(
        limit: Int, timeout: Duration, where isWanted: @escaping @Sendable (DeadLetterEntry) -> Bool
    ) async throws -> (visit: DeadLetterVisit, letters: [RedrivenLetter]) {
        let sent = Mutex<[(letter: DeadLetterEntry, request: OpenRequest?, why: String)]>([])
        let visit = try await visitDeadLetters(limit: limit, patience: timeout) { [self] letter in
            guard isWanted(letter) else { return .keep }
            switch letter.redrive {
            case .impossible(let why):
                sent.withLock { $0.append((letter, nil, why)) }
                return .keep
            case .message(let original):
                let ids = RequestIDs.random()
                let message = messages.redrive(original, ids: ids)
                try replies.open(ids.correlationID, questions: [.acceptance: message])
                let request = OpenRequest(ids.correlationID, replies: replies)
                try await send(.redrive, message)
                sent.withLock { $0.append((letter, request, "")) }
                return .remove
            }
        }
        var letters: [RedrivenLetter] = []
        let end = ContinuousClock.now + min(max(timeout, .zero), .days(36_525))
        for (letter, request, why) in sent.withLock({ $0 }) {
            let outcome: RedrivenLetter.Outcome =
                if let request {
                    try await outcome(of: request, within: max(.zero, end - .now))
                } else {
                    .impossible(why)
                }
            letters.append(RedrivenLetter(letter: letter, outcome: outcome))
        }
        return (visit, letters)
    }

    private func outcome(of request: OpenRequest, within time: Duration) async throws -> RedrivenLetter.Outcome {
        let answer: ReplyMessage
        do {
            answer = try await withDeadline(time, clock: clock, expired: { Silence() }) {
                try await request.answer(.acceptance)
            }
        } catch is Silence {
            return .unanswered
        }
        guard answer.status == .rejected else { return .accepted(instanceID: answer.instanceID) }
        let refusal = ReplyCodec.refusal(of: answer)
        return .refused(refusal.map { "\($0.reason.rawValue): \($0.detail)" } ?? answer.body.json)
    }

    private struct Silence: Error {}
}
