#if HTTP
import Hummingbird
import Logging
import Warren
import WarrenClient
import WarrenManagement

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// `/api/start/{input}`, `/api/check/{input}`, `/api/stop/{input}`: instances are found by what they were started with,
/// among those created within 20 minutes of now.
struct WorkflowRoutes: Sendable {
    let client: TaskHubClient
    /// The clock that "now" is read from.
    var now: @Sendable () -> Date = { Date() }
    let logger: Logger

    private static let window = Duration.seconds(20 * 60)

    func add<Context: RequestContext>(to router: Router<Context>) {
        let group = router.group("api").add(middleware: ClientErrors(logger: logger))
        group.get("start/:input") { _, context in try await start(try context.parameters.text("input")) }
        group.get("check/:input") { _, context in try await check(try context.parameters.text("input")) }
        group.get("stop/:input") { _, context in try await stop(try context.parameters.text("input")) }
    }

    /// A new instance with every call, also for the same input.
    private func start(_ input: String) async throws -> HTTPResponse.Status {
        _ = try await client.start(Workflow.orchestration, input)
        return .ok
    }

    /// All instances of the window (1000 at the most), and those that were started with the input.
    private func check(_ input: String) async throws -> Found {
        let instances = try await instances()
        return Found(instances: instances, matching: instances.filter { matches($0, input) })
    }

    /// Stops one instance that was started with the input: the newest that still runs, else it finds one that has stopped.
    private func stop(_ input: String) async throws -> Found {
        var stopped: OrchestrationStatus?
        var query = query
        query.name = Workflow.orchestration.name
        for try await instance in client.instances(matching: query) where matches(instance, input) {
            guard !instance.runtimeStatus.isTerminal else {
                stopped = stopped ?? instance
                continue
            }
            do {
                try await client.raise(Workflow.stop, .string(input), to: instance.instanceID)
            } catch let error as ClientError where error.code == .instanceFinished {
                // It ended between the two: it is stopped, which is what was asked for.
            }
            return Found(instances: [instance])
        }
        if let stopped { return Found(instances: [stopped]) }
        return Found(status: .notFound, instances: try await instances())
    }

    /// All instances of the window. With some missing, what is not found may be there all the same: that is an error.
    private func instances() async throws -> [OrchestrationStatus] {
        let page = try await client.list(query)
        guard page.incomplete.isEmpty else {
            throw HTTPError(.gatewayTimeout, message: "A part of the hub does not answer at the moment. Try again.")
        }
        return page.instances
    }

    private var query: InstanceQuery {
        let now = Timestamp(now())
        return InstanceQuery(
            createdFrom: now.advanced(by: .zero - Self.window), createdTo: now.advanced(by: Self.window), limit: 1000,
            includeInput: true, includeOutput: true)
    }

    private func matches(_ instance: OrchestrationStatus, _ input: String) -> Bool {
        guard instance.name == Workflow.orchestration.name, let payload = instance.input,
            case .string(let text)? = try? JSONValue(payload)
        else { return false }
        // By bytes: texts that only look alike are different inputs.
        return text.utf8.elementsEqual(input.utf8)
    }
}
#endif
