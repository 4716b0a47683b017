/// The reason why a message cannot be taken: a code for machines, and a sentence that names the field and the remedy
/// for people.
package struct Refusal: Error, Sendable, Hashable, CustomStringConvertible {
    package enum Reason: String, Sendable, Hashable, CaseIterable {
        case unknownOrchestration = "unknown-orchestration"
        case unknownEntity = "unknown-entity"
        case unknownInstance = "unknown-instance"
        case instanceFinished = "instance-finished"
        case instanceNotFinished = "instance-not-finished"
        case instanceNotFailed = "instance-not-failed"
        case instanceNotBegun = "instance-not-begun"
        case instanceHoldsEntities = "instance-holds-entities"
        case instanceSuspended = "instance-suspended"
        case unknownQuery = "unknown-query"
        case unknownUpdate = "unknown-update"
        /// The orchestrator's validator refused the update.
        case updateRefused = "update-refused"
        /// The update was taken before, and its result is not kept any more.
        case answerGone = "answer-gone"
        case instanceExists = "instance-exists"
        case invalidJSON = "invalid-json"
        case unsupportedContentType = "unsupported-content-type"
        case unsupportedEncoding = "unsupported-encoding"
        case tooLarge = "too-large"
        case tooManyHeaders = "too-many-headers"
        case badName = "bad-name"
        case badInstanceID = "bad-instance-id"
        case badHeader = "bad-header"
        case badRoutingKey = "bad-routing-key"
        case unknownVerb = "unknown-verb"
        case badReplyTo = "bad-reply-to"
        case unreadableEvent = "unreadable-event"
        case duplicateIDMismatch = "duplicate-id-mismatch"
        case unmatchedResult = "unmatched-result"
        case unknownKind = "unknown-kind"
        case forged
        case unanswerable
        /// The host has too many questions to answer, or too many callers wait for one instance: ask again in a moment.
        case overloaded
        /// The requested data cannot be read.
        case unreadable
        case tooManyHeld = "too-many-held"
        case damagedRow = "damaged-row"
        case partitionStopped = "partition-stopped"
        case poison
    }

    package var reason: Reason
    package var detail: String

    package init(_ reason: Reason, _ detail: String) {
        self.reason = reason
        self.detail = detail
    }

    package var description: String { "\(reason.rawValue): \(detail)" }
}
