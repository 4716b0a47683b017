import AMQPMessages

#if HTTP
import Foundation
import Hummingbird
import TestSupport
import Testing
import Warren
import WarrenClient
import WarrenHost
import WarrenManagement
import WarrenMessaging

/// That HTTP clients are told what the catalog says they are told.
@Suite("Management API: the table of refusals", .timeLimit(.minutes(5)))
struct RefusalTableTests {
    /// A row of the catalog's table.
    private struct Row: CustomStringConvertible {
        let status: Int
        /// `nil` where the answer has none.
        let kind: String?
        let words: String
        let description: String

        init?(_ line: Substring) {
            let cells = line.split(separator: " | ", omittingEmptySubsequences: false).map { cell in
                cell.trimmingCharacters(in: CharacterSet(charactersIn: "| "))
            }
            guard cells.count == 4, let status = Int(cells[0]) else { return nil }
            self.status = status
            kind = cells[1] == "–" ? nil : cells[1].trimmingCharacters(in: CharacterSet(charactersIn: "`"))
            words = cells[3]
            description = "\(line)"
        }

        func covers(_ answer: Answer) -> Bool {
            guard answer.status == status else { return false }
            let given = answer["ExceptionType"]?.stringValue
            // "a reason of *Messages*" stands for any of them.
            guard kind?.contains(" ") == true ? given != nil : given == kind else { return false }
            let texts = [answer["ExceptionMessage"], answer["Message"], try? answer.json].compactMap(\.?.stringValue)
            return texts.contains { Self.fits($0, words) }
        }

        /// Whether a text is a pattern's, in which `…` stands for anything.
        private static func fits(_ text: String, _ pattern: String) -> Bool {
            var rest = text[...]
            let pieces = pattern.components(separatedBy: "…")
            guard let first = pieces.first, let last = pieces.last, rest.hasPrefix(first) else { return false }
            rest = rest.dropFirst(first.count)
            for piece in pieces.dropFirst().dropLast() where !piece.trimmingCharacters(in: .whitespaces).isEmpty {
                guard let found = rest.range(of: piece) else { return false }
                rest = rest[found.upperBound...]
            }
            return pieces.count == 1 ? rest.isEmpty : rest.hasSuffix(last.trimmingCharacters(in: .whitespaces))
        }
    }

    /// The rows of the section *HTTP*.
    private static func rows() throws -> [Row] {
        var folder = URL(filePath: #filePath)
        for _ in 0..<3 { folder.deleteLastPathComponent() }
        let page = try String(
            contentsOf: folder.appending(path: "Sources/Warren/Warren.docc/Refusals.md"), encoding: .utf8)
        let section = try #require(page.components(separatedBy: "## HTTP\n").last)
        return section.split(separator: "\n").compactMap(Row.init)
    }

    @Test("Every row is what somebody is told, and everybody is told what a row says")
    func table() async throws {
        let answers = try await answersOfHost() + answersWithoutHost()
        let rows = try Self.rows()
        #expect(rows.count > 40)
        for row in rows {
            #expect(answers.contains { row.covers($0.answer) }, "nobody is told so: \(row)")
        }
        for (request, answer) in answers {
            #expect(rows.contains { $0.covers(answer) }, "no row: \(request) \(answer.status) \(answer.body)")
        }
    }

    private typealias Answers = [(request: String, answer: Answer)]

    // MARK: 400 to 501: what a host and the routes refuse

    private func answersOfHost() async throws -> Answers {
        let collected = Collected()
        var options = ManagementOptions()
        options.useForwardedHost = true
        // More than the host takes, so that it is the host that refuses.
        options.maximumBodyBytes = 3 << 20
        try await ServedHub.running(options) { host in
            host.register(Orchestration<Void, Bool>("Waiting")) { context in
                try await context.wait(for: ExternalEvent<Bool>("Go"))
            }
            for name in ["Same", "SAME"] { host.register(Orchestration<Void, Int>(name)) { _ in 1 } }
            host.register(Orchestration<Void, Int>("Failing")) { _ in throw NoLuck() }
        } _: { hub async throws in
            func ask(
                _ method: HTTPRequest.Method, _ path: String, _ body: String = "",
                _ headers: HTTPFields = [.contentType: "application/json"]
            ) async throws {
                collected.add("\(method) \(path)", try await hub.api.ask(method, path, body, headers))
            }
            for id in ["w", "s", "done"] {
                #expect(try await hub.api.post("/api/orchestrators/Waiting/\(id)").status == 202)
            }
            #expect(try await hub.api.post("/instances/s/suspend").status == 202)
            #expect(try await hub.api.post("/instances/done/terminate").status == 202)
            #expect(try await hub.api.post("/api/orchestrators/Failing/f?timeout=60").status == 200)

            try await ask(.post, "/api/orchestrators/Nothing")
            try await ask(.post, "/api/orchestrators/same")
            try await ask(.post, "/api/orchestrators/Waiting?version=a%20b")
            try await ask(.post, "/api/orchestrators/Waiting?taskHub=another")
            try await ask(.post, "/api/orchestrators/Waiting/%ff")
            try await ask(.post, "/api/orchestrators/Waiting?timeout=%ff")
            try await ask(.post, "/api/orchestrators/Waiting?timeout=-1")
            try await ask(.post, "/api/orchestrators/Waiting?timeout=1&pollingInterval=2")
            try await ask(.get, "/instances", "", [Self.field("x-ms-continuation-token"): "mine"])
            try await ask(.post, "/api/orchestrators/Waiting", "", [Self.field("x-forwarded-host"): "a/b"])
            try await ask(.post, "/api/orchestrators/Waiting/a%23b")
            try await ask(.get, "/instances/%2F")
            try await ask(.post, "/instances/w/raiseEvent/a%07b", "true")
            try await ask(.post, "/api/orchestrators/Waiting", "{")
            try await ask(.post, "/instances/w/raiseEvent/Go", "tru")
            try await ask(.post, "/instances/w/raiseEvent/Go", "true", [.contentType: "text/plain"])
            try await ask(.post, "/entities/counter/a?op=add", "{")
            try await ask(.post, "/entities/counter/a?op=%40lock", "1")
            try await ask(.post, "/entities/counter/a%23b?op=add", "1")
            try await ask(.get, "/entities/counter/a")
            try await ask(.post, "/instances/nobody/restart")
            try await ask(.delete, "/instances")
            try await ask(.delete, "/instances?createdTimeFrom=2020-01-01&createdTimeTo=soon")
            try await ask(.delete, "/instances?createdTimeFrom=2020-01-01&runtimeStatus=Running")
            let large = "\"\(String(repeating: "x", count: 2 << 20))\""
            try await ask(.post, "/api/orchestrators/Waiting", large)
            try await ask(.post, "/api/orchestrators/Waiting", large + large)

            try await ask(.post, "/api/orchestrators/Waiting", "", [.origin: "https://evil.example"])
            try await ask(.post, "/api/orchestrators/Waiting", "", [Self.field("sec-fetch-site"): "cross-site"])
            try await ask(.get, "/instances/nobody")
            try await ask(.post, "/instances/nobody/rewind")
            try await ask(.delete, "/instances/nobody")
            try await ask(.post, "/instances/nobody/suspend")
            try await ask(.post, "/instances/nobody/raiseEvent/Go", "true")
            try await ask(.delete, "/instances?createdTimeFrom=2020-01-01&createdTimeTo=2020-01-02")
            try await ask(.post, "/instances/w/explode")
            try await ask(.post, "/api/orchestrators/Waiting/w")
            try await ask(.post, "/instances/w/restart?restartWithNewInstanceId=false")
            try await ask(.post, "/instances/s/suspend")
            try await ask(.post, "/instances/w/resume")
            try await ask(.post, "/instances/done/raiseEvent/Go", "true")
            try await ask(.post, "/instances/done/raiseEvent/Go", "{")
            try await ask(.post, "/instances/done/terminate")
            try await ask(.post, "/instances/done/rewind")
            try await ask(.delete, "/instances/w")
            try await ask(.post, "/instances/w/rewind")
            try await ask(.delete, "/instances?createdTimeFrom=2020-01-01&timeBudget=soon")
            #expect(try await hub.deadLetters == 0)
        }
        let refused = try await BareRequest(.post, "/api/orchestrators/Waiting", host: "evil.example").answer()
        collected.add("POST to evil.example", refused)
        return collected.all
    }

    private struct NoLuck: Error {}

    private static func field(_ name: String) -> HTTPFields.Element.Name {
        HTTPFields.Element.Name(name) ?? .origin
    }

    // MARK: 413 and 502 to 504: a host that says what a test wants, or none

    private func answersWithoutHost() async throws -> Answers {
        let collected = Collected()
        func ask(
            _ what: String, _ method: HTTPRequest.Method = .get, _ path: String = "/instances/x", isHub: Bool = true,
            blockedReason: String? = nil,
            timeout: Duration = .seconds(30), isClosed: Bool = false,
            answering answer: (@Sendable (ReplyAddress) -> ReplyMessage)? = nil
        ) async throws {
            let transport = InProcessTransport()
            let names = try ServedHub.names
            if isHub { try await transport.provision(TaskHubTopology.hub(names, partitions: 1)) }
            let intake = try await isHub ? transport.consume(names.intakeQueue, prefetch: 10) : nil
            let answering = Task {
                guard let intake, let answer else { return }
                let decoder = IntakeDecoder(hub: names)
                for try await batch in intake.batches {
                    for message in batch {
                        intake.acknowledge([message.tag])
                        let command = try decoder.command(from: message).get()
                        guard let address = command.reply else { continue }
                        transport.publish([ReplyCodec.encode(answer(address))]) { _ in }
                    }
                }
            }
            try await withCleanUp {
                try await ServedHub.serving(
                    transport, blockedReason: blockedReason, timeout: timeout,
                    afterConnecting: { if isClosed { await $0.close() } }
                ) { hub async throws in
                    collected.add(what, try await hub.api.ask(method, path, method == .get ? nil : "", [:]))
                }
            } afterwards: {
                answering.cancel()
                await transport.shutdown()
            }
        }
        try await ask("nonsense") { address in
            ReplyMessage(address: address, status: .answered, instanceID: nil, body: Payload(json: "7"))
        }
        try await ask("overloaded") { address in
            ReplyCodec.rejection(
                Refusal(
                    .overloaded, "The host has too many questions to answer at present. Ask again in a moment."),
                to: address)
        }
        try await ask("an older host", .post, "/instances/x/rewind") { address in
            ReplyCodec.rejection(Refusal(.unknownVerb, "'rewind' is no verb."), to: address)
        }
        try await ask("silence", timeout: .milliseconds(50))
        try await ask("alarm", blockedReason: "low on disk", timeout: .milliseconds(50))
        try await ask("no hub", isHub: false)
        try await ask("closed", isClosed: true)
        return collected.all
    }

    private final class Collected: Sendable {
        private let answers = Watched<[Pair]>([])
        private struct Pair: Sendable, CustomStringConvertible {
            var request: String
            var answer: Answer
            var description: String { request }
        }

        func add(_ request: String, _ answer: Answer) {
            answers.change { $0.append(Pair(request: request, answer: answer)) }
        }

        var all: Answers { answers.value.map { ($0.request, $0.answer) } }
    }
}

extension Command {
    /// Where the answer goes.
    fileprivate var reply: ReplyAddress? {
        switch self {
        case .query(let query): query.context.reply
        case .control(let control): control.context.reply
        default: nil
        }
    }
}
#endif
