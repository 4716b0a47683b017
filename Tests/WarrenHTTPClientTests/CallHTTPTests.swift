import Synchronization
import Testing
import Warren
import WarrenClient
import WarrenHTTPClient
import WarrenTestKit

/// `callHTTP` in a hub: durable timers between questions, retry, what stands in the history.
@Suite("Calls over HTTP by orchestrators", .timeLimit(.minutes(2)))
struct CallHTTPTests {
    private static let fetch = Orchestration<DurableHTTPRequest, DurableHTTPResponse>("Fetch")

    /// A server of the test: answers in order, and the requests.
    private final class Script: Sendable {
        private let state: Mutex<(answers: [DurableHTTPResponse], asked: [DurableHTTPRequest])>

        init(_ answers: [DurableHTTPResponse]) { state = Mutex((answers, [])) }

        var asked: [DurableHTTPRequest] { state.withLock { $0.asked } }

        func answer(_ request: DurableHTTPRequest) -> DurableHTTPResponse {
            state.withLock { state in
                state.asked.append(request)
                return state.answers.removeFirst()
            }
        }
    }

    /// What a call came to: its answer, the requests, and the timers between them.
    private struct Call {
        var response: DurableHTTPResponse
        var asked: [DurableHTTPRequest]
        /// The lengths of the timers in seconds, from the moment at which each was asked for.
        var waits: [Int]
        /// The times of the timers, in seconds from the hub's first moment.
        var times: [Int]
    }

    private func run(
        _ request: DurableHTTPRequest, _ answers: [DurableHTTPResponse], polling: DurableHTTPPolling? = .standard,
        replays: Bool = false
    ) async throws -> Call {
        try await withTaskHub(TestHubOptions(replaysEveryEpisode: replays)) { hub in
            let script = Script(answers)
            let start = Timestamp(hub.now)
            hub.register(DurableHTTP.activity) { request in script.answer(request) }
            hub.register(Self.fetch) { context, request in try await context.callHTTP(request, polling: polling) }
            let instance = try await hub.client.start(Self.fetch, request)
            var call = Call(response: try await hub.result(of: instance), asked: script.asked, waits: [], times: [])
            let status = try #require(try await hub.client.status(of: instance.id, includeHistory: true))
            var now = start
            let history = "[" + (status.history ?? []).map(\.json).joined(separator: ",") + "]"
            for event in try HistoryEvent.history(json: Payload(json: history)) {
                if case .orchestratorStarted(let time) = event { now = time }
                if case .timerCreated(_, let time) = event {
                    call.waits.append(Int(time.duration(since: now).components.seconds))
                    call.times.append(Int(time.duration(since: start).components.seconds))
                }
            }
            return call
        }
    }

    private static func accepted(_ headers: DurableHTTPHeaders, _ url: String = "https://a/start")
        -> DurableHTTPResponse
    {
        DurableHTTPResponse(status: 202, headers: headers, url: url)
    }

    @Test(
        "A 202 is asked about on durable timers until it ends, by Retry-After or every 30 seconds",
        arguments: [false, true])
    func polling(replays: Bool) async throws {
        let request = DurableHTTPRequest(
            "https://a/start", method: "POST",
            headers: ["Authorization": "s", "X-Functions-Key": "k", "Content-Type": "text/x", "X-Plain": "p"],
            body: .text("b"), credential: "c")
        let call = try await run(
            request,
            [
                Self.accepted(["Location": "/status/1"]),
                Self.accepted(["Location": "/status/1", "Retry-After": "5"], "https://a/status/1"),
                Self.accepted(
                    ["Location": "https://b/2", "Retry-After": "Tue, 01 Jan 2030 12:02:35 GMT"], "https://a/status/1"),
                Self.accepted(["Location": "https://b/2", "Retry-After": "0"], "https://b/2"),
                DurableHTTPResponse(status: 200, body: .text("done"), url: "https://b/2"),
            ], replays: replays)
        #expect(call.response.body == .text("done"))
        let asked = call.asked
        #expect([call.waits[0], call.waits[1], call.waits[3]] == [30, 5, 1] && call.waits.count == 4)
        #expect(call.times[2] == 155)
        #expect(asked.map(\.method) == ["POST", "GET", "GET", "GET", "GET"])
        #expect(
            asked.map(\.url)
                == ["https://a/start", "https://a/status/1", "https://a/status/1", "https://b/2", "https://b/2"])
        let (same, other) = (asked[1], asked[3])
        #expect(same.headers == ["Authorization": "s", "X-Plain": "p"] && same.credential == "c" && same.body == nil)
        #expect(other.headers == ["X-Plain": "p"] && other.credential == nil)
    }

    @Test("A 202 without a place to ask, or without polling, is returned as it is")
    func unpolled() async throws {
        let request = DurableHTTPRequest("https://a/start")
        for headers: DurableHTTPHeaders in [[:], ["Location": "file:///x"], ["Location": "http://u@b/"]] {
            let call = try await run(request, [Self.accepted(headers)])
            #expect(call.response.status == 202 && call.asked.count == 1)
        }
        let call = try await run(request, [Self.accepted(["Location": "/x"])], polling: nil)
        #expect(call.response.status == 202 && call.asked.count == 1)
    }

    @Test("Retry-After that is neither seconds nor a date counts as none, and has bounds")
    func retryAfter() async throws {
        let request = DurableHTTPRequest("https://a/start")
        let call = try await run(
            request,
            ["soon", "-5", "99999999999999999999", "Sun, 06 Nov 1994 08:49:37 GMT", "Sun, 99 Nov 2094 08:49:37 GMT"].map
            {
                Self.accepted(["Location": "/x", "Retry-After": $0])
            } + [DurableHTTPResponse(status: 200, url: "https://a/x")],
            polling: DurableHTTPPolling(interval: .seconds(10), longest: .minutes(1)))
        #expect(call.waits == [10, 10, 60, 1, 10])
    }

    @Test("Over a real connection: statuses are tried again by policy, secrets stay out of the history")
    func connected() async throws {
        let count = Mutex(0)
        let server = try LoopbackServer { request in
            let number = count.withLock { count in
                count += 1
                return count
            }
            return number < 3
                ? LoopbackServer.answer(503, [:], "busy")
                : LoopbackServer.answer(200, [:], request.headers["authorization"] ?? "nothing")
        }
        defer { server.stop() }
        try await withTaskHub { hub in
            try hub.allowHTTP(
                HTTPCallRules(
                    refused: .standard.subtracting(.loopback),
                    credentials: ["c": HTTPCredential(headers: ["Authorization": "hidden"], origins: [server.url])]))
            let text = Orchestration<String, String>("Text")
            hub.register(text) { context, url in
                let answer = try await context.callHTTP(
                    DurableHTTPRequest(url, credential: "c"),
                    retry: DurableHTTPRetry(RetryPolicy(maxAttempts: 3, firstInterval: .seconds(10)), statuses: [503]))
                return answer.body.text == "hidden" ? "as it should be" : "wrong"
            }
            let refused = Orchestration<String, String>("Refused")
            hub.register(refused) { context, url in
                do {
                    return "\(try await context.callHTTP(DurableHTTPRequest(url)).status)"
                } catch let failure as TaskFailure {
                    return failure.details.type
                }
            }
            let instance = try await hub.client.start(text, server.url)
            #expect(try await hub.result(of: instance) == "as it should be")
            let status = try #require(try await hub.client.status(of: instance.id, includeHistory: true))
            let history = (status.history ?? []).map(\.json).joined()
            #expect(history.contains("BuiltIn::HttpActivity") && history.contains("HTTPStatus"))
            #expect(server.requests.count == 3)

            let other = try await hub.client.start(refused, "http://169.254.169.254/latest/meta-data/")
            #expect(try await hub.result(of: other) == "HTTPRequestRefused")
        }
    }
}
