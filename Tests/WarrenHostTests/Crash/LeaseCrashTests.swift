import Foundation
import Logging
import TestSupport
import Testing
import Warren
import WarrenClient
import WarrenHost
import WarrenMessaging

/// A worker in a process of its own that is killed while it holds a lease and an unacknowledged delivery.
@Suite("Crash: a worker killed during a long activity", .timeLimit(.minutes(5)), .enabled(if: TestBroker.isAvailable))
struct LeaseCrashTests {
    private static let work = Activity<String, String>("LeasedWork")
    private static let single = Orchestration<String, String>("LeasedSingle")

    @Test("Its leased item is dispatched again as the next attempt, and its delivery comes back, under the same keys")
    func killedWorker() async throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("warren-\(UUID())")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let ledger = folder.appendingPathComponent("ledger").path
        let roles: Set<HostConfiguration.Role> = [.orchestrator]
        try await BrokerHub.run {
            $0.roles = roles
        } register: { host in
            host.register(Self.single) { context, input in try await context.call(Self.work, input) }
        } _: { hub in
            try await hub.provision(["LeasedWork"])
            let leased = try await hub.client.start(Self.single, "leased", id: "leased")
            let url = hub.url
            let name = hub.name

            // Takes one delivery at a time: the second comes only when the broker has the acknowledgement of the first,
            // whose activity still runs. That is the moment to die.
            async let death: Void = {
                await #expect(processExitsWith: .signal(SIGKILL)) {
                    [url = url as String, name = name as String, ledger = ledger as String] in
                    try await Self.runWorker(hub: name, broker: url) { context in
                        try Self.note(context, in: ledger)
                        if context.instanceID == "delivered" { kill(getpid(), SIGKILL) }
                        try await untilCancelled()
                        return ""
                    }
                }
            }()
            let delivered = try await hub.client.start(Self.single, "delivered", id: "delivered")
            await death
            let before = try String(contentsOfFile: ledger, encoding: .utf8)
            #expect(before == "leased 1 \(try await key(of: leased))\ndelivered 1 \(try await key(of: delivered))\n")

            let attempts = Happenings<(instance: String, attempt: Int, key: String)>()
            let next = Task {
                try await Self.runWorker(hub: name, broker: url) { context in
                    attempts.add((context.instanceID, context.attempt, context.idempotencyKey))
                    return "attempt \(context.attempt)"
                }
            }
            // The lease was lost, and counted; the delivery was merely repeated.
            #expect(try await leased.result() == "attempt 2")
            #expect(try await delivered.result() == "attempt 1")
            #expect(Set(attempts.all.map(\.key)) == [try await key(of: leased), try await key(of: delivered)])
            #expect(attempts.all.count == 2)
            next.cancel()
            try await next.ended()
        }
    }

    /// The idempotency key of an instance's only call.
    private func key(of instance: OrchestrationInstance<String>) async throws -> String {
        let status = try #require(try await instance.status())
        return "\(status.instanceID):\(status.executionID):0"
    }

    private static func runWorker(
        hub: String, broker: String, body: @escaping @Sendable (ActivityContext) async throws -> String
    ) async throws {
        var configuration = HostConfiguration(hub: hub, broker: broker, roles: [.activity])
        configuration.messages.prefetch = 1
        configuration.leases.after = .milliseconds(100)
        configuration.leases.duration = .seconds(4)
        let host = try TaskHubHost(configuration, logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
        host.register(work) { _, context in try await body(context) }
        try await host.run()
    }

    /// Writes down an execution where it outlives its process.
    private static func note(_ context: ActivityContext, in ledger: String) throws {
        let line = "\(context.instanceID) \(context.attempt) \(context.idempotencyKey)\n"
        let descriptor = open(ledger, O_WRONLY | O_APPEND | O_CREAT, 0o600)
        try #require(descriptor >= 0)
        defer { close(descriptor) }
        let bytes = Array(line.utf8)
        try #require(write(descriptor, bytes, bytes.count) == bytes.count)
    }
}
