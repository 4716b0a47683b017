#if HTTP
import Hummingbird
import Synchronization
import TestSupport
import Testing
import Warren
import WarrenClient
import WarrenMessaging

@testable import WarrenManagement

@Suite("HTTP API: problems", .timeLimit(.minutes(1)))
struct ProblemTests {
    /// The problems that errors of the client become.
    private static var ofClient: [APIProblem] {
        let codes: [ClientError.Code] = [
            .unreachable, .noTaskHub, .unconfirmed, .overloaded, .timedOut, .closed, .instanceNotFound, .instanceExists,
            .instanceFinished, .instanceNotFinished, .instanceNotFailed, .instanceNotBegun, .instanceHoldsEntities,
            .instanceSuspended, .unknownHandler, .updateRefused, .unknownOrchestration,
            .rejected, .invalidArgument, .invalidReply,
        ]
        let reasons = Refusal.Reason.allCases.map { ClientError(.rejected, "No.", reason: $0.rawValue) }
        return (codes.map { ClientError($0, "No.") } + reasons).map { APIProblem($0, logger: APIBench.quiet) }
    }

    /// The problems that requests meet before the hub is asked.
    private static var ofServer: [APIProblem] {
        struct Unforeseen: Error {}
        let key = AccessKey(id: "k", name: "n", scopes: [.read], createdAt: Timestamp(microseconds: 0), digest: [])
        let denied: [AccessDenied] = [
            .noKey, .unknownKey, .lacks(.admin, key), .notLocal, .tooMany(1, retryAfter: 1), .longAddress(1),
            .largeHeaders(1),
        ]
        return denied.map { APIProblem($0) } + [
            APIProblem(Unforeseen(), logger: APIBench.quiet), StreamLimit(1).problem, LiveFeed.notRunning,
            FollowedHistory.stopping, HistoryStream.changed,
            .handlerFailed(
                HandlerFailure(instanceID: "i", name: "n", details: FailureDetails(type: "T", message: "m")),
                field: "queryName"),
        ]
    }

    private final class Found: Sendable {
        private let problems = Mutex<[JSONValue]>([])

        var all: [JSONValue] { problems.withLock { $0 } }

        func add(_ problem: JSONValue) { problems.withLock { $0.append(problem) } }
    }

    /// The problems of requests to a hub.
    private func asked() async throws -> [JSONValue] {
        let found = Found()
        try await APIBench.running { bench in
            try await bench.run("Hello", id: "ended")
            try await bench.open("open")
            _ = try await bench.open("held")
            #expect(try await bench.post("/instances/held/suspend").status == 204)
            func ask(_ method: HTTPRequest.Method, _ path: String, _ body: String? = nil, _ headers: HTTPFields = [:])
                async throws -> Answer
            {
                var headers = headers
                if body != nil, headers[.contentType] == nil { headers[.contentType] = "application/json" }
                return try await bench.http.ask(method, "/api/v1" + path, body, headers)
            }
            let answers = [
                try await ask(.get, "/nothing"), try await ask(.put, "/instances"),
                try await ask(.get, "/instances?stauts=x"), try await ask(.get, "/instances/%FF"),
                try await ask(.get, "/instances/none"), try await ask(.get, "/dead-letters/0123456789"),
                try await ask(.get, "/entities/Counter/none"),
                try await ask(.get, "/dead-letters/x"), try await ask(.post, "/instances", "{"),
                try await ask(.post, "/instances", "x", [.contentType: "text/plain"]),
                try await ask(.post, "/instances", #"{"orchestration":"Nobody"}"#),
                try await ask(.post, "/instances", #"{"orchestration":"Hello","id":"ended"}"#),
                try await ask(.post, "/instances", "\"" + String(repeating: "x", count: 1 << 20) + "\""),
                try await ask(.post, "/instances/ended/terminate"), try await ask(.delete, "/instances/open"),
                try await ask(.post, "/instances/open/restart", #"{"newId":false}"#),
                try await ask(.post, "/instances/held/suspend"), try await ask(.post, "/instances/open/resume"),
                try await ask(.get, "/hub", nil, [.origin: "http://elsewhere.example"]),
                try await bench.http.answer(
                    to: HTTPRequest(
                        method: .get, scheme: "http", authority: "elsewhere.example", path: "/api/v1/hub")),
            ]
            for answer in answers {
                #expect(answer.headers[.contentType] == "application/problem+json", "\(answer.body)")
                found.add(try answer.json)
            }
        }
        return found.all
    }

    @Test(
        "Every code of the document is a problem that says what to do, and names the part of the request that is wrong")
    func everyCode() async throws {
        let document = try JSONValue(Payload(bytes: OpenAPIDocument.bytes))
        guard case .array(let words)? = document["components"]?["schemas"]?["Problem"]?["properties"]?["code"]?["enum"]
        else { throw Missing() }
        #expect(words.compactMap(\.stringValue) == ProblemCode.allCases.map(\.rawValue))
        let problems =
            try (Self.ofClient + Self.ofServer).map { try JSONValue($0.json(nil).payload) } + (try await asked())
        for problem in problems {
            #expect(problem["remedy"]?.stringValue?.isEmpty == false, "\(problem)")
            #expect(problem["detail"]?.stringValue?.isEmpty == false, "\(problem)")
        }
        // Those that are about the request, and not about the state of a server or the hub.
        let ofRequests: Set<ProblemCode> = [
            .invalidJson, .unsupportedMediaType, .tooLarge, .unauthorized, .hostNotAllowed, .originNotAllowed,
            .unknownInstance, .unknownEntity, .unknownLetter, .unknownOrchestration, .instanceExists, .instanceFinished,
            .instanceNotFinished, .instanceNotFailed, .instanceNotBegun, .instanceHoldsEntities, .suspended,
            .notSuspended, .unknownHandler, .handlerFailed, .updateRefused,
        ]
        for code in ProblemCode.allCases {
            let those = problems.filter { $0["code"]?.stringValue == code.rawValue }
            #expect(!those.isEmpty, "no problem has the code \(code.rawValue)")
            guard ofRequests.contains(code) else { continue }
            for problem in those { #expect(problem["field"] != nil, "\(problem)") }
        }
    }

    private struct Missing: Error {}
}
#endif
