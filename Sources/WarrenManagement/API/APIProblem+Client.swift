#if HTTP
import Hummingbird
import WarrenClient

/// Translates errors of the client: each problem names what is wrong with the request, where it is the request, and what to
/// do.
extension APIProblem {
    init(_ error: ClientError) {
        switch error.code {
        case .rejected: self.init(Self.refusals[error.reason ?? "unknown-verb"] ?? Self.refused, error.message)
        case .unknownHandler:
            self.init(Self.rows[error.code] ?? Self.unreachable, error.message)
            field = error.reason == "unknown-update" ? "updateName" : "queryName"
        default: self.init(Self.rows[error.code] ?? Self.unreachable, error.message)
        }
    }

    private init(_ row: Row, _ text: String) {
        self.init(row.status, row.code, text, field: row.field, remedy: row.remedy)
        retryAfter = row.retryAfter
    }

    /// The parts of a problem that follow from the kind of an error.
    private struct Row: Sendable {
        var status: HTTPResponse.Status
        var code: ProblemCode
        var field: String?
        var remedy: String
        /// The seconds after which the same request may succeed; `nil` if nobody can say.
        var retryAfter: Int?

        init(
            _ status: HTTPResponse.Status, _ code: ProblemCode, field: String? = nil, _ remedy: String,
            retryAfter: Int? = nil
        ) {
            self.status = status
            self.code = code
            self.field = field
            self.remedy = remedy
            self.retryAfter = retryAfter
        }
    }

    static let checkID = "Check the ID; an instance that was purged is gone."

    private static let rows: [ClientError.Code: Row] = [
        .instanceNotFound: Row(.notFound, .unknownInstance, field: "instanceId", checkID),
        .instanceExists: Row(
            .conflict, .instanceExists, field: "id", "Choose another ID, or 'ifExists': \"ignore\" or \"restart\"."),
        .instanceFinished: Row(
            .conflict, .instanceFinished, field: "instanceId",
            "Nothing reaches an instance that has ended: restart it, or start another one."),
        .instanceNotFinished: Row(
            .conflict, .instanceNotFinished, field: "instanceId",
            "Terminate the instance first, or wait for its end."),
        .instanceNotFailed: Row(
            .conflict, .instanceNotFailed, field: "instanceId",
            "Only failed instances are rewound: reset it to a point of its history instead."),
        .instanceNotBegun: Row(
            .conflict, .instanceNotBegun, field: "instanceId",
            "Wait until it has begun; or terminate it, and start it with other values."),
        .instanceHoldsEntities: Row(
            .conflict, .instanceHoldsEntities, field: "instanceId",
            "Restart it, or reset it to a point before it asked for the entity."),
        .instanceSuspended: Row(
            .conflict, .suspended, field: "instanceId", "Resume the instance, then send it again."),
        .unknownHandler: Row(
            .notFound, .unknownHandler,
            "Send one of the names in the detail; an orchestrator registers them when it runs."),
        .updateRefused: Row(
            .conflict, .updateRefused, field: "body",
            "Nothing was recorded. Send an input that the orchestrator's validator accepts."),
        .unknownOrchestration: Row(
            .badRequest, .unknownOrchestration, field: "orchestration",
            "/api/v1/hub lists the names that are registered."),
        .invalidArgument: Row(
            .badRequest, .invalidArgument, "/api/v1/openapi.json describes what each operation takes."),
        .timedOut: Row(
            .gatewayTimeout, .timedOut,
            "See that a host runs; then repeat it: a start with the same ID does not run twice."),
        .unconfirmed: Row(
            .gatewayTimeout, .unconfirmed,
            "See the state of the broker; then repeat it: a start with the same ID does not run twice."),
        .invalidReply: Row(.badGateway, .invalidReply, "Run the version of this server on every host."),
        .noTaskHub: Row(.serviceUnavailable, .noTaskHub, "Start a host, or create the hub: warren hub create."),
        .overloaded: Row(.serviceUnavailable, .overloaded, "Ask again in a moment.", retryAfter: 1),
        .closed: Row(
            .serviceUnavailable, .closed, "Ask another server, or this one when it runs again."),
    ]

    /// The broker cannot be reached, or does not say what is asked: a lost connection passes, a missing right does not.
    private static let unreachable = Row(
        .serviceUnavailable, .unreachable,
        "See that the broker runs, and that this server's user may use it; 'warren doctor' checks that.", retryAfter: 5)

    /// The refusals of hosts that are not about the request, by their reasons.
    private static let refusals: [String: Row] = [
        "too-large": Row(
            .contentTooLarge, .tooLarge, field: "body",
            "Store large data elsewhere and send a reference; of an answer, ask for less."),
        "partition-stopped": Row(
            .serviceUnavailable, .partitionStopped,
            "See the host's log, put a backup in the place of the file, and start the host again."),
        "unknown-verb": Row(.serviceUnavailable, .hostTooOld, "Run the version of this server on every host."),
        "unreadable": Row(
            .badGateway, .unreadable, "See the host's log; 'warren hub show' counts what is damaged."),
        "invalid-json": Row(.badRequest, .invalidJson, field: "body", "Send one JSON value that hosts accept."),
    ]

    private static let refused = Row(
        .badRequest, .rejected,
        "The detail says what the host refused; /api/v1/openapi.json describes what it takes.")
}
#endif
