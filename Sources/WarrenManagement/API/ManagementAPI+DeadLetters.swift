#if HTTP
import Hummingbird
import WarrenClient
import WarrenSupport

/// Shows dead letters, publishes them again, and removes them.
extension ManagementAPI {
    @Sendable func deadLetters(_ request: APIRequest) async throws -> Response {
        let limit = try request.query.integer("limit", in: 1...TaskHubClient.mostDeadLetters) ?? 100
        let reason = try request.query.text("reason", bytes: 1...64)
        let report = try await client.deadLetters(reason.map { .reason($0) } ?? .all, limit: limit)
        var body = JSONObjectWriter()
        body.add("letters", report.letters)
        return Response(api: Self.finish(body, report))
    }

    @Sendable func deadLetter(_ request: APIRequest) async throws -> Response {
        let id = try request.variable("letterId")
        guard Self.isLetterID(id) else {
            throw APIProblem.invalid("letterId", "'\(id.prefix(100))' is no ID of a letter.", remedy: Self.idRemedy)
        }
        guard let letter = try await client.deadLetter(id) else {
            throw APIProblem(
                .notFound, .unknownLetter,
                "There is no dead letter '\(id)' among the oldest "
                    + "\(TaskHubClient.mostDeadLetters).", field: "letterId", remedy: "List them anew.")
        }
        return Response(api: letter)
    }

    @Sendable func redriveDeadLetters(_ request: APIRequest) async throws -> Response {
        let report = try await client.redriveDeadLetters(try await choice(request))
        var body = JSONObjectWriter()
        body.add("letters", report.letters)
        return Response(api: Self.finish(body, report))
    }

    @Sendable func purgeDeadLetters(_ request: APIRequest) async throws -> Response {
        let report = try await client.purgeDeadLetters(try await choice(request))
        var body = JSONObjectWriter()
        body.add("purged", report.letters.count)
        return Response(api: Self.finish(body, report))
    }

    /// The selection in a body: exactly one of `ids`, `reason` and `all`.
    private func choice(_ request: APIRequest) async throws -> DeadLetterChoice {
        let body = try await request.object(known: ["ids", "reason", "all"])
        let ids = try body.texts("ids", most: TaskHubClient.mostDeadLetters)
        let reason = try body.text("reason", bytes: 1...64)
        let all = try body.bool("all")
        switch (ids, reason, all) {
        case (let ids?, nil, nil):
            guard !ids.isEmpty, ids.allSatisfy(Self.isLetterID) else {
                throw APIProblem.invalid("ids", "'ids' is empty, or names what is no ID.", remedy: Self.idRemedy)
            }
            return .ids(Set(ids))
        case (nil, let reason?, nil): return .reason(reason)
        case (nil, nil, true?): return .all
        default:
            throw APIProblem.invalid(
                "body", "The body does not select letters in one way.",
                remedy: "Send one of {\"ids\":[…]}, {\"reason\":\"…\"} and {\"all\":true}.")
        }
    }

    private static func finish(
        _ body: JSONObjectWriter, _ report: TaskHubClient.DeadLetterReport
    ) -> JSONObjectWriter {
        var body = body
        body.add("seen", report.seen)
        body.add("waiting", report.waiting)
        return body
    }

    private static let idRemedy = "An ID has ten hexadecimal digits; a list of the letters shows them."

    private static func isLetterID(_ text: String) -> Bool {
        text.utf8.count == 10
            && text.utf8.allSatisfy { byte in
                (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
                    || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains(byte)
            }
    }
}
#endif
