import Synchronization
import WarrenMessaging
package import WarrenSupport

/// Reads and changes the dead letters of a hub for callers that show JSON.
extension TaskHubClient {
    /// The outcome of a visit.
    package struct DeadLetterReport: Sendable {
        package var letters: [JSONObjectWriter] = []
        package var seen: Int
        package var waiting: Int
    }

    /// Letters without their bodies, oldest first.
    ///
    /// - Parameter limit: the maximum number of letters to visit, 1 to ``mostDeadLetters``.
    package func deadLetters(_ choice: DeadLetterChoice, limit: Int) async throws -> DeadLetterReport {
        try await report(choice, limit: limit, .keep) { DeadLetterJSON($0, withBody: false).object }
    }

    /// One letter with its body; `nil` if there is none of that ID among the first ``mostDeadLetters``.
    package func deadLetter(_ id: String) async throws -> JSONObjectWriter? {
        try await report(.ids([id]), limit: Self.mostDeadLetters, .keep) { DeadLetterJSON($0, withBody: true).object }
            .letters.first
    }

    /// Removes letters for good. The report has an object for each of them.
    package func purgeDeadLetters(_ choice: DeadLetterChoice) async throws -> DeadLetterReport {
        try await report(choice, limit: Self.mostDeadLetters, .remove) { DeadLetterJSON($0, withBody: false).object }
    }

    /// Publishes letters again: `id`, `outcome`, and where there are any, `instanceId` and `detail`.
    package func redriveDeadLetters(_ choice: DeadLetterChoice) async throws -> DeadLetterReport {
        let (visit, letters) = try await redriveDeadLetters(limit: Self.mostDeadLetters, timeout: timeout) {
            choice.contains($0)
        }
        var report = DeadLetterReport(seen: visit.seen, waiting: visit.waiting)
        report.letters = letters.map { redriven in
            var object = JSONObjectWriter()
            object.add("id", redriven.letter.id)
            switch redriven.outcome {
            case .accepted(let instanceID):
                object.add("outcome", "accepted")
                if let instanceID { object.add("instanceId", instanceID) }
            case .refused(let why):
                object.add("outcome", "refused")
                object.add("detail", why)
            case .unanswered: object.add("outcome", "unanswered")
            case .impossible(let why):
                object.add("outcome", "impossible")
                object.add("detail", why)
            }
            return object
        }
        return report
    }

    private func report(
        _ choice: DeadLetterChoice, limit: Int, _ verdict: DeadLetterVerdict,
        _ object: @escaping @Sendable (DeadLetterEntry) -> JSONObjectWriter
    ) async throws -> DeadLetterReport {
        let letters = Mutex<[JSONObjectWriter]>([])
        let visit = try await visitDeadLetters(limit: limit) { letter in
            guard choice.contains(letter) else { return .keep }
            letters.withLock { $0.append(object(letter)) }
            return verdict
        }
        return DeadLetterReport(letters: letters.withLock { $0 }, seen: visit.seen, waiting: visit.waiting)
    }
}
