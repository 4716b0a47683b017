#if HTTP
import Hummingbird
import WarrenClient

extension APIProblem {
    /// Translates an error of the client: each names what is wrong with the request, where it is the request, and what to
    /// do.
    init(_ error: ClientError) {
        let text = error.message
        switch error.code {
        case .instanceNotFound: self.init(.notFound, .unknownInstance, text, field: "instanceId", remedy: Self.checkID)
        case .instanceExists:
            self.init(
                .conflict, .instanceExists, text, field: "id",
                remedy: "Choose another ID, or 'ifExists': \"ignore\" or \"restart\".")
        case .instanceFinished:
            self.init(
                .conflict, .instanceFinished, text, field: "instanceId",
                remedy: "Nothing reaches an instance that has ended: restart it, or start another one.")
        case .instanceNotFinished:
            self.init(
                .conflict, .instanceNotFinished, text, field: "instanceId",
                remedy: "Terminate the instance first, or wait for its end.")
        case .instanceNotFailed:
            self.init(
                .conflict, .instanceNotFailed, text, field: "instanceId",
                remedy: "Only failed instances are rewound: reset it to a point of its history instead.")
        case .instanceNotBegun:
            self.init(
                .conflict, .instanceNotBegun, text, field: "instanceId",
                remedy: "Wait until it has begun; or terminate it, and start it with other values.")
        case .instanceHoldsEntities:
            self.init(
                .conflict, .instanceHoldsEntities, text, field: "instanceId",
                remedy: "Restart it, or reset it to a point before it asked for the entity.")
        case .instanceSuspended:
            self.init(
                .conflict, .suspended, text, field: "instanceId", remedy: "Resume the instance, then send it again.")
        case .unknownHandler:
            self.init(
                .notFound, .unknownHandler, text,
                field: error.reason == "unknown-update" ? "updateName" : "queryName",
                remedy: "Send one of the names in the detail; an orchestrator registers them when it runs.")
        case .updateRefused:
            self.init(
                .conflict, .updateRefused, text, field: "body",
                remedy: "Nothing was recorded. Send an input that the orchestrator's validator accepts.")
        case .unknownOrchestration:
            self.init(
                .badRequest, .unknownOrchestration, text, field: "orchestration",
                remedy: "/api/v1/hub lists the names that are registered.")
        case .invalidArgument:
            self.init(
                .badRequest, .invalidArgument, text, remedy: "/api/v1/openapi.json describes what each operation takes."
            )
        case .rejected: self.init(refusal: error)
        case .timedOut:
            self.init(
                .gatewayTimeout, .timedOut, text,
                remedy: "See that a host runs; then repeat it: a start with the same ID does not run twice.")
        case .unconfirmed:
            self.init(
                .gatewayTimeout, .unconfirmed, text,
                remedy: "See the state of the broker; then repeat it: a start with the same ID does not run twice.")
        case .invalidReply:
            self.init(.badGateway, .invalidReply, text, remedy: "Run the version of this server on every host.")
        case .noTaskHub:
            self.init(
                .serviceUnavailable, .noTaskHub, text, remedy: "Start a host, or create the hub: warren hub create.")
        case .overloaded:
            self.init(.serviceUnavailable, .overloaded, text, remedy: "Ask again in a moment.")
            retryAfter = 1
        case .closed:
            self.init(.serviceUnavailable, .closed, text, remedy: "Ask another server, or this one when it runs again.")
        default:
            self.init(
                .serviceUnavailable, .unreachable, text,
                remedy: "See that the broker runs, and that this server's user may use it; 'warren doctor' checks that."
            )
        }
    }

    static let checkID = "Check the ID; an instance that was purged is gone."

    /// Translates a host's refusal, by its reason.
    private init(refusal error: ClientError) {
        let text = error.message
        switch error.reason {
        case "too-large":
            self.init(
                .contentTooLarge, .tooLarge, text, field: "body",
                remedy: "Store large data elsewhere and send a reference; of an answer, ask for less.")
        case "partition-stopped":
            self.init(
                .serviceUnavailable, .partitionStopped, text,
                remedy: "See the host's log, put a backup in the place of the file, and start the host again.")
        case "unknown-verb", nil:
            self.init(
                .serviceUnavailable, .hostTooOld, text, remedy: "Run the version of this server on every host.")
        case "unreadable":
            self.init(
                .badGateway, .unreadable, text, remedy: "See the host's log; 'warren hub show' counts what is damaged.")
        case "invalid-json":
            self.init(.badRequest, .invalidJson, text, field: "body", remedy: "Send one JSON value that hosts accept.")
        default:
            self.init(
                .badRequest, .rejected, text,
                remedy: "The detail says what the host refused; /api/v1/openapi.json describes what it takes.")
        }
    }
}
#endif
