#if HTTP
/// The codes of problems: what went wrong, for programs. The document lists the same.
enum ProblemCode: String, Sendable, CaseIterable {
    /// There is no such path.
    case unknownPath = "unknown-path"
    /// The path has other methods.
    case methodNotAllowed = "method-not-allowed"
    /// A parameter, a header, a part of the path or a member of the body is wrong, or not known.
    case invalidArgument = "invalid-argument"
    /// The body is no JSON.
    case invalidJson = "invalid-json"
    /// The body is of another type than JSON.
    case unsupportedMediaType = "unsupported-media-type"
    /// A body, or an answer of the hub, is larger than it may be.
    case tooLarge = "too-large"
    /// The path with its query is longer than the server takes.
    case uriTooLong = "uri-too-long"
    /// The headers are larger than the server takes.
    case headersTooLarge = "headers-too-large"
    /// There is no key, or none that is known.
    case unauthorized
    /// The key lacks the right, or the caller is on another machine and there are no keys.
    case forbidden
    /// The server was called by a name that may stand for anything.
    case hostNotAllowed = "host-not-allowed"
    /// A page of another origin may not send commands.
    case originNotAllowed = "origin-not-allowed"
    /// The caller sends more requests than it may.
    case tooManyRequests = "too-many-requests"
    /// There are as many event streams as there may be.
    case tooManyStreams = "too-many-streams"
    /// There is no such instance.
    case unknownInstance = "unknown-instance"
    /// There is no such entity.
    case unknownEntity = "unknown-entity"
    /// There is no such dead letter.
    case unknownLetter = "unknown-letter"
    /// No host has registered the orchestration.
    case unknownOrchestration = "unknown-orchestration"
    /// There is an instance of that ID already.
    case instanceExists = "instance-exists"
    /// The instance has ended.
    case instanceFinished = "instance-finished"
    /// The instance has not ended.
    case instanceNotFinished = "instance-not-finished"
    /// The instance has not failed.
    case instanceNotFailed = "instance-not-failed"
    /// The instance has not begun: it has no history.
    case instanceNotBegun = "instance-not-begun"
    case instanceHoldsEntities = "instance-holds-entities"
    /// The orchestrator answers no query, or takes no update, of the name.
    case unknownHandler = "unknown-handler"
    /// The handler of a query or an update failed.
    case handlerFailed = "handler-failed"
    /// The orchestrator refused the update.
    case updateRefused = "update-refused"
    /// The instance is suspended already, or takes no updates because it is suspended.
    case suspended
    /// The instance is not suspended.
    case notSuspended = "not-suspended"
    /// The instance continued as new, or was purged, while its history was read.
    case historyChanged = "history-changed"
    /// This server receives no live events.
    case noLiveEvents = "no-live-events"
    /// This server stops.
    case stopping
    /// The hub refused the message for another reason.
    case rejected
    /// The host cannot read what was asked for.
    case unreadable
    /// The instance's partition is stopped, because its file is damaged.
    case partitionStopped = "partition-stopped"
    /// A host has a version that does not know the question.
    case hostTooOld = "host-too-old"
    /// The broker or a host takes nothing more at present.
    case overloaded
    /// The broker cannot be reached, or refuses this server.
    case unreachable
    /// This server has lost the hub, or stops.
    case closed
    /// The broker has no such hub.
    case noTaskHub = "no-task-hub"
    /// No host answered in time.
    case timedOut = "timed-out"
    /// The broker did not confirm the message in time.
    case unconfirmed
    /// A host's answer cannot be read.
    case invalidReply = "invalid-reply"
    /// This server has failed.
    case internalError = "internal"
}
#endif
