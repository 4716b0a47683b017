package import Warren

/// An instance changed its status: published to `{h}.lifecycle`.
package struct LifecycleMessage: Sendable, Hashable {
    package var instanceID: String
    package var executionID: String
    package var name: String
    package var partition: Int
    /// `started`-like words of the wire: a runtime status in lower camel case, or `start.ignored`.
    package var status: String
    /// Rises with every message of an instance's execution.
    package var sequence: Int
    package var createdAt: Timestamp
    package var lastUpdatedAt: Timestamp
    package var customStatus: Payload?
    package var failure: FailureDetails?

    package init(
        instanceID: String, executionID: String, name: String, partition: Int, status: String, sequence: Int,
        createdAt: Timestamp, lastUpdatedAt: Timestamp, customStatus: Payload? = nil, failure: FailureDetails? = nil
    ) {
        self.instanceID = instanceID
        self.executionID = executionID
        self.name = name
        self.partition = partition
        self.status = status
        self.sequence = sequence
        self.createdAt = createdAt
        self.lastUpdatedAt = lastUpdatedAt
        self.customStatus = customStatus
        self.failure = failure
    }
}

/// A line for people: the body is the line, everything else is in properties.
package struct ConsoleMessage: Sendable, Hashable {
    package var text: String
    package var level: ConsoleLevel
    package var instanceID: String
    package var executionID: String
    package var orchestration: String
    /// Names the line within the execution: `c4`, or `7:c0` for the first line of activity number 7. With the
    /// instance and execution IDs it makes the message ID.
    package var number: String
    package var at: Timestamp

    package init(
        text: String, level: ConsoleLevel, instanceID: String, executionID: String, orchestration: String,
        number: String, at: Timestamp
    ) {
        self.text = text
        self.level = level
        self.instanceID = instanceID
        self.executionID = executionID
        self.orchestration = orchestration
        self.number = number
        self.at = at
    }
}

/// An answer to whoever asked: start accepted, instance ended, query answered, command refused.
package struct ReplyMessage: Sendable, Hashable {
    package enum Status: String, Sendable, Hashable {
        case accepted, completed, failed, terminated, answered, rejected
    }

    package var address: ReplyAddress
    package var status: Status
    package var instanceID: String?
    /// The output, the status, the failure as JSON, or what was refused and why.
    package var body: Payload

    package init(address: ReplyAddress, status: Status, instanceID: String?, body: Payload) {
        self.address = address
        self.status = status
        self.instanceID = instanceID
        self.body = body
    }
}

/// Why a message cannot be taken: a reason code for machines, a sentence that names the field and the remedy for people.
package struct Refusal: Error, Sendable, Hashable, CustomStringConvertible {
    package enum Reason: String, Sendable, Hashable, CaseIterable {
        case unknownOrchestration = "unknown-orchestration"
        case unknownInstance = "unknown-instance"
        case instanceFinished = "instance-finished"
        case instanceNotFinished = "instance-not-finished"
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
        /// The host has too much to answer, or too many wait for one instance: ask again in a moment.
        case overloaded
        /// What was asked for cannot be read.
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
