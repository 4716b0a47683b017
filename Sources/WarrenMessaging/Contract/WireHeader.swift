/// The names of headers on the wire. The codecs document which message carries which header.
package enum WireHeader {
    /// The prefix of all headers of ours.
    package static let prefix = "warren-"

    // The trace of the message, as the W3C recommendation "Trace Context" names it.
    package static let traceparent = "traceparent"
    package static let tracestate = "tracestate"
    package static let baggage = "baggage"

    // Headers that external publishers may set. Every property that not every client can set has a header of the same
    // meaning.
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
    package static let version = "warren-version"
    package static let reply = "warren-reply"
    package static let hold = "warren-hold-ms"
    /// `reply`: the sender gets a refusal as the reply to its message, and no dead letter is made.
    package static let refuse = "warren-refuse"
    package static let history = "warren-history"
    /// Whether sub-orchestrations are concerned.
    package static let recursive = "warren-recursive"
    package static let beforeEvent = "warren-before-event"
    package static let dropEvents = "warren-drop-events"
    package static let newInstanceID = "warren-new-instance-id"
    /// The orchestration that an event starts if its instance does not exist.
    package static let start = "warren-start"
    /// The place of that orchestration's input; see `EventStart.Place`.
    package static let startInput = "warren-start-input"
    package static let historyFrom = "warren-history-from"
    /// The time in milliseconds for which the answer about a history may wait for further events. The execution that was
    /// read is in `executionID`.
    package static let watch = "warren-watch-ms"
    /// The prefix of a tag's header; the tag's name follows.
    package static let tagPrefix = "warren-tag-"

    // Headers from hosts to partitions.
    package static let messageKey = "warren-message-key"
    package static let bodyHash = "warren-body-hash"
    package static let userID = "warren-user-id"
    /// Words that describe how a payload arrived.
    package static let origin = "warren-origin"
    package static let replyTo = "warren-reply-to"
    package static let replyCorrelation = "warren-reply-correlation"
    package static let startAtMicroseconds = "warren-start-at-us"
    package static let parentName = "warren-parent-name"
    package static let parentInstanceID = "warren-parent-instance-id"
    package static let parentExecutionID = "warren-parent-execution-id"
    package static let parentTaskID = "warren-parent-task-id"
    package static let formerExecutionID = "warren-former-execution-id"
    package static let reason = "warren-reason"
    package static let signature = "warren-signature"

    // Headers of work items.
    package static let activity = "warren-activity"
    package static let executionID = "warren-execution-id"
    package static let taskID = "warren-task-id"
    package static let attempt = "warren-attempt"
    package static let idempotencyKey = "warren-idempotency-key"
    package static let orchestration = "warren-orchestration"
    package static let status = "warren-status"
    package static let lease = "warren-lease-ms"
    package static let retryAttempt = "warren-retry-attempt"
    package static let scheduleToStart = "warren-schedule-to-start-ms"
    package static let startToClose = "warren-start-to-close-ms"
    package static let heartbeatTimeout = "warren-heartbeat-ms"
    package static let total = "warren-total-ms"
    package static let previousHeartbeat = "warren-previous-heartbeat"
    /// `reference`: the input may be the reference of a payload in the hub's payload folder, and so may the result.
    package static let payloads = "warren-payloads"

    /// The priority and the fairness key of a call of an activity with limits.
    package static let priority = "warren-priority"
    package static let fairnessKey = "warren-fairness-key"
    /// Of a permit that is released: the time until which a worker may be busy, in microseconds.
    package static let busyUntil = "warren-busy-until-us"

    // Headers of owner records.
    package static let storeID = "warren-store-id"
    package static let commits = "warren-commits"
    package static let committedAt = "warren-committed-at"
    package static let host = "warren-host"
    package static let process = "warren-process"
    package static let dataDirectory = "warren-data-directory"
    package static let since = "warren-since"

    // Headers of announcements.
    package static let partition = "warren-partition"
    package static let sequence = "warren-seq"
    package static let level = "warren-level"
    package static let number = "warren-number"
    package static let at = "warren-at"
    package static let deadPrefix = "warren-dead-"
}
