import Foundation
import Logging
import TestSupport
import Testing
import Warren
import WarrenClient
import WarrenHost
import WarrenMessaging

/// Processes of a hub that is new, started in any order.
@Suite("First deployments", .timeLimit(.minutes(5)))
struct FirstDeploymentTests {
    private static let double = Activity<Int, Int>("Double")
    private static let twice = Orchestration<Int, Int>("Twice")

    private static func orchestrates(_ host: TaskHubHost) {
        host.register(twice) { context, number in try await context.call(double, number) }
    }

    /// What a program registers whose roles run in a process each.
    private static func registersAll(_ host: TaskHubHost) {
        orchestrates(host)
        host.register(double) { number in 2 * number }
    }

    @Test("Calls wait for a worker that comes long after the host that only orchestrates, if that knows the activity")
    func hostFirst() async throws {
        for isRegistered in [true, false] {
            try await Cluster.run { cluster in
                let host = try await cluster.start([.orchestrator]) { configuration in
                    if !isRegistered { configuration.activities.foreign = ["Double"] }
                } register: { host in
                    if isRegistered { Self.registersAll(host) } else { Self.orchestrates(host) }
                }
                let instance = try await cluster.client.start(Self.twice, 4)
                try await cluster.rest(host)
                host.pass(.seconds(24 * 3600))
                try await cluster.rest(host)
                #expect(try await instance.status()?.openTasks == ["activity Double #0"])
                #expect(try await cluster.transport.depth(of: cluster.names.activityQueue("Double")) == 1)
                let worker = try await cluster.start([.activity], register: Self.registersAll)
                #expect(try await instance.result() == 8)
                try await worker.stop()
                try await host.stop()
            }
        }
    }

    @Test("A worker may be there before any host")
    func workerFirst() async throws {
        try await Cluster.run { cluster in
            let worker = try await cluster.start([.activity], register: Self.registersAll)
            let host = try await cluster.start([.orchestrator], register: Self.orchestrates)
            #expect(try await cluster.client.start(Self.twice, 4).result() == 8)
            try await host.stop()
            try await worker.stop()
        }
    }

    private static let worker = """
        import json, sys, pika
        url, hub = sys.argv[1:]
        channel = pika.BlockingConnection(pika.URLParameters(url)).channel()
        print("ready", flush=True)
        for work, call, body in channel.consume(f"{hub}.activity.Double"):
            answer = pika.BasicProperties(correlation_id=call.correlation_id)
            channel.basic_publish(f"{hub}.result", call.reply_to, json.dumps(2 * json.loads(body)), answer)
            channel.basic_ack(work.delivery_tag)
        """

    @Test(
        "A worker in Python is there before any host, once 'warren hub create --activity' has made its queue",
        .enabled(if: TestBroker.isAvailable, TestBroker.remedy))
    func foreignWorkerFirst() async throws {
        try await HostFixture.run(activities: ["Double"]) { fixture in
            func create(_ arguments: String...) async throws -> Program {
                try await Program.run(Program.product("warren"), ["hub", "create"] + arguments + fixture.place)
            }
            let created = try await create("--partitions", "2", "--activity", "Double", "--json")
            let description =
                ##"{"hub":"\##(fixture.hub)","partitions":2,"durability":"local","activities":["Double"]}"##
            #expect(created.output == description + "\n")
            #expect(try await create("--activity", "Double").exitCode == 0, "as often as one likes")
            #expect(try await create("--activity", "no name").exitCode == 2)

            let worker = try await HostProcess.start(
                Program.python, ["-c", Self.worker, fixture.broker, fixture.hub])
            let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
            let host = try TaskHubHost(
                HostConfiguration(
                    hub: fixture.hub, broker: fixture.broker, dataDirectory: fixture.data.path,
                    roles: [.orchestrator], partitionCount: 2), logger: logger)
            Self.orchestrates(host)
            let running = Task { try await host.run() }
            try await withCleanUp {
                #expect(await host.isReady)
                try await fixture.withClient { client async throws in
                    #expect(try await client.start(Self.twice, 21).result() == 42)
                }
            } afterwards: {
                await worker.kill()
                running.cancel()
                _ = await running.result
            }
        }
    }
}
