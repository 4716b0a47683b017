#if HTTP
import Hummingbird
import Warren
import WarrenClient
import WarrenSupport

/// Shows and steers schedules.
extension ManagementAPI {
    private static let members: Set<String> = [
        "orchestration", "input", "every", "cron", "timeZone", "start", "end", "catchUp", "catchUpLimit", "overlap",
    ]

    /// The schedules that have not ended.
    @Sendable func schedules(_ request: APIRequest) async throws -> Response {
        var body = JSONObjectWriter()
        let schedules = try await client.schedules.list().map { Payload(json: try $0.json()) }
        body.add("schedules", schedules)
        return Response(api: body)
    }

    @Sendable func schedule(_ request: APIRequest) async throws -> Response {
        let id = try scheduleID(request)
        guard let status = try await client.schedules.status(of: id) else { throw Self.unknownSchedule(id) }
        return Response(apiBytes: Array(try status.json().utf8))
    }

    /// One page of the runs of a schedule.
    @Sendable func scheduleRuns(_ request: APIRequest) async throws -> Response {
        let id = try scheduleID(request)
        let limit = try request.query.integer("limit", in: 1...1000) ?? 20
        let page = try await client.schedules.runs(of: id, limit: limit, after: try place(request.query, in: .newest))
        return Response(api: Self.json(page))
    }

    @Sendable func createSchedule(_ request: APIRequest) async throws -> Response {
        let (body, schedule) = try await read(request, known: Self.members.union(["id", "paused"]))
        guard let id = try body.text("id", bytes: 1...64) else {
            throw APIProblem.invalid("id", "The body has no 'id'.", remedy: "Send an ID of 1 to 64 bytes.")
        }
        if let problem = ScheduleKeeper.problem(id: id) { throw Self.badID("id", problem) }
        do {
            try await client.schedules.create(id, schedule)
        } catch let error as ClientError where error.code == .instanceExists {
            throw APIProblem(
                .conflict, .instanceExists, error.message, field: "id",
                remedy: "PUT \(Self.base)/schedules/{scheduleId} updates it.")
        }
        var answer = JSONObjectWriter()
        answer.add("id", id)
        return Response(api: answer, status: .created, location: "\(Self.base)/schedules/\(id.urlEncoded)")
    }

    @Sendable func updateSchedule(_ request: APIRequest) async throws -> Response {
        let (_, schedule) = try await read(request, known: Self.members)
        return try await steer(request) { try await $0.update($1, schedule) }
    }

    @Sendable func deleteSchedule(_ request: APIRequest) async throws -> Response {
        try await steer(request) { try await $0.delete($1) }
    }

    @Sendable func pauseSchedule(_ request: APIRequest) async throws -> Response {
        try await steer(request) { try await $0.pause($1) }
    }

    @Sendable func resumeSchedule(_ request: APIRequest) async throws -> Response {
        try await steer(request) { try await $0.resume($1) }
    }

    @Sendable func triggerSchedule(_ request: APIRequest) async throws -> Response {
        try await steer(request) { try await $0.trigger($1) }
    }

    private func steer(
        _ request: APIRequest, _ command: (TaskHubSchedules, String) async throws -> Void
    ) async throws -> Response {
        let id = try scheduleID(request)
        do {
            try await command(client.schedules, id)
        } catch let error as ClientError where error.code == .instanceNotFound {
            throw Self.unknownSchedule(id)
        } catch let error as ClientError where error.code == .instanceFinished {
            throw APIProblem(
                .conflict, .instanceFinished, error.message, field: "scheduleId", remedy: "Create it again.")
        }
        return .done
    }

    /// The schedule in a body.
    private func read(_ request: APIRequest, known: Set<String>) async throws -> (APIObject, Schedule) {
        guard let node = try await request.json() else {
            throw APIProblem.invalid(
                "body", "The request has no body.",
                remedy: "Send a JSON object with \(known.sorted().joined(separator: ", ")).")
        }
        let body = try APIObject(node, known: known)
        let schedule: Schedule
        do {
            schedule = try node.payload.decode(as: Schedule.self)
            try schedule.check()
        } catch {
            throw APIProblem.invalid(
                "body", "The body is no schedule that can be kept: \(error)",
                remedy: "\(Self.base)/openapi.json describes one.")
        }
        guard try await names.isKnown(schedule.orchestration, to: client) else {
            throw APIProblem(
                .badRequest, .unknownOrchestration,
                "No host of hub '\(client.hub)' has registered '\(schedule.orchestration)'.", field: "orchestration",
                remedy: "/api/v1/hub lists the names that are registered.")
        }
        return (body, schedule)
    }

    private func scheduleID(_ request: APIRequest) throws -> String {
        let id = try request.variable("scheduleId")
        if let problem = ScheduleKeeper.problem(id: id) { throw Self.badID("scheduleId", problem) }
        return id
    }

    private static func badID(_ field: String, _ problem: String) -> APIProblem {
        APIProblem.invalid(field, problem, remedy: "An ID has 1 to 64 bytes of UTF-8 without / \\ # ? * and ':'.")
    }

    private static func unknownSchedule(_ id: String) -> APIProblem {
        APIProblem(
            .notFound, .unknownInstance, "There is no schedule '\(id)'.", field: "scheduleId",
            remedy: "\(base)/schedules lists those that there are.")
    }
}
#endif
