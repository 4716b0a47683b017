/// The names on the wire: headers, message types, content types. What carries which is written at the codecs.
package enum WireHeader {
    /// How all of ours begin.
    package static let prefix = "warren-"

    // What external publishers may set. Every property that not every client can set has a header of the same meaning.
    package static let operation = "warren-op"
    package static let verb = "warren-verb"
    package static let name = "warren-name"
    package static let instanceID = "warren-instance-id"
    package static let event = "warren-event"
    package static let messageID = "warren-message-id"
    package static let correlationID = "warren-correlation-id"
    package static let ifExists = "warren-if-exists"
    package static let startAt = "warren-start-at"
    package static let delay = "warren-delay-ms"
    package static let reply = "warren-reply"
    package static let hold = "warren-hold-ms"
    /// `reply`: whoever sent the message hears of a refusal by its answer, and no dead letter is made of it.
    package static let refuse = "warren-refuse"
    package static let history = "warren-history"
    package static let historyFrom = "warren-history-from"
    /// Followed by the tag's name.
    package static let tagPrefix = "warren-tag-"

    // What hosts say to partitions.
    package static let messageKey = "warren-message-key"
    package static let bodyHash = "warren-body-hash"
    package static let userID = "warren-user-id"
    /// How a payload arrived, in words.
    package static let origin = "warren-origin"
    package static let replyTo = "warren-reply-to"
    package static let replyCorrelation = "warren-reply-correlation"
    package static let startAtMicroseconds = "warren-start-at-us"
    package static let parentName = "warren-parent-name"
    package static let parentInstanceID = "warren-parent-instance-id"
    package static let parentExecutionID = "warren-parent-execution-id"
    package static let parentTaskID = "warren-parent-task-id"
    package static let signature = "warren-signature"

    // Work.
    package static let activity = "warren-activity"
    package static let executionID = "warren-execution-id"
    package static let taskID = "warren-task-id"
    package static let attempt = "warren-attempt"
    package static let idempotencyKey = "warren-idempotency-key"
    package static let orchestration = "warren-orchestration"
    package static let status = "warren-status"
    package static let lease = "warren-lease-ms"

    // Who owns a partition.
    package static let storeID = "warren-store-id"
    package static let commits = "warren-commits"
    package static let committedAt = "warren-committed-at"
    package static let host = "warren-host"
    package static let process = "warren-process"
    package static let dataDirectory = "warren-data-directory"
    package static let since = "warren-since"

    // Announcements.
    package static let partition = "warren-partition"
    package static let sequence = "warren-seq"
    package static let level = "warren-level"
    package static let number = "warren-number"
    package static let at = "warren-at"
    package static let deadPrefix = "warren-dead-"
}
