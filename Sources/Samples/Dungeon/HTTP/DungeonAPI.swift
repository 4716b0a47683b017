#if HTTP
import Hummingbird
import Warren
import WarrenClient

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// The game over HTTP. A command is started as an orchestration like any other, and answered with its result.
struct DungeonAPI: Sendable {
    let client: TaskHubClient
    let board: any GameBoard
    let console: ConsoleFeed
    /// The time by which "the last hour" is meant.
    var now: @Sendable () -> Date = { Date() }

    /// How long a body may be: names of 10 kB fit, and are refused with a reason.
    private static let longestBody = 64 * 1024

    /// Adds the page, and the routes under `/api`.
    func add<Context: RequestContext>(to router: Router<Context>) {
        // Anybody's page may play, also one that was opened as a file, whose origin is `null`.
        router.add(
            middleware: CORSMiddleware(
                allowOrigin: .all, allowHeaders: [.accept, .contentType, .origin],
                allowMethods: [.get, .post, .options]))
        router.get { _, _ in Page.response() }

        let api = router.group("api")
        api.post("NewUser") { request, _ in await run(Dungeon.newUser, request) }
        api.post("ConfirmUser") { request, _ in await run(Dungeon.confirmUser, request) }
        api.post("Action") { request, _ in await run(Dungeon.action, request) }
        api.get("GameStatus") { _, _ in Response.text(.badRequest, "Username is required.") }
        api.get("GameStatus/{username}") { _, context in
            await answered { try await gameStatus(user: context.text("username")) }
        }
        api.get("CheckStatus/{username}/{workflow}") { _, context in
            await answered {
                try await checkStatus(user: context.text("username"), workflow: context.text("workflow"))
            }
        }
        api.get("console") { request, _ in console.response(to: request) }
    }

    // MARK: Commands

    private func run<Command: Codable & Sendable>(
        _ orchestration: Orchestration<Command, Reply>, _ request: Request
    ) async -> Response {
        await answered {
            var request = request
            let body = try await request.collectBody(upTo: Self.longestBody)
            let command: Command
            do {
                command = try JSONDecoder().decode(Command.self, from: Data(body.readableBytesView))
            } catch {
                return .text(.badRequest, "The body is not the JSON object that \(orchestration.name) takes.")
            }
            let reply = try await client.start(orchestration, command).result(timeout: client.timeout)
            return .text(.init(code: reply.status), reply.text)
        }
    }

    // MARK: Questions

    private func gameStatus(user: String) async throws -> Response {
        guard !user.isBlank else { return .text(.badRequest, "Username is required.") }
        guard let status = try await board.status(of: user) else {
            return .text(.badRequest, "Username '\(user)' does not exist.")
        }
        return try .json(status)
    }

    private func checkStatus(user: String, workflow: String) async throws -> Response {
        guard let status = try await findWorkflow(workflow, of: user) else { return .text(.notFound, "") }
        return try .json(
            WorkflowStatus(
                created: status.createdAt.date.formatted(.iso8601), status: status.runtimeStatus.rawValue))
    }

    /// Finds the newest workflow of this name with this user as its input, among those created within the last hour.
    private func findWorkflow(_ workflow: String, of user: String) async throws -> OrchestrationStatus? {
        guard let id = GameID.of(workflow, user) else { return nil }
        let window = Timestamp(now() - .hours(1))...Timestamp(now() + .hours(1))
        // The game's own have an ID that can be told from the name: one question, however many games there are.
        if let status = try await client.status(of: id), status.name == workflow, status.isOf(user),
            window.contains(status.createdAt)
        {
            return status
        }
        // Somebody may have started one by hand, by whatever ID.
        let query = InstanceQuery(
            name: workflow, createdFrom: window.lowerBound, createdTo: window.upperBound, includeInput: true)
        for try await status in client.instances(matching: query) where status.isOf(user) { return status }
        return nil
    }
}

/// What `CheckStatus` answers.
struct WorkflowStatus: Codable, Sendable, Hashable {
    /// When it was started: a time of ISO 8601.
    var created: String
    /// `Running`, `Completed`, …
    var status: String
}

extension OrchestrationStatus {
    /// Whether a user's name is its input. By bytes: names that only look alike are different users.
    fileprivate func isOf(_ user: String) -> Bool {
        guard let input, case .string(let name)? = try? JSONValue(input) else { return false }
        return name.utf8.elementsEqual(user.utf8)
    }
}
#endif
