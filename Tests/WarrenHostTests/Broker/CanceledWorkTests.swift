import AMQPMessages
import Logging
import TestSupport
import Testing
import Warren
import WarrenClient
import WarrenHost
import WarrenMessaging

/// Activities that are given up while they run on another connection than the instance's host.
@Suite(
    "Broker: activities that are given up", .timeLimit(.minutes(5)),
    .enabled(if: TestBroker.isAvailable, TestBroker.remedy))
struct CanceledWorkTests {
    private static let work = Activity<Int, String>("GivenUpWork")
    private static let calls = Orchestration<Int, String>("GivesUp") { context, number in
        try await context.call(work, number)
    }

    @Test(
        "A running activity is cancelled within a second or so, before it took a lease and after",
        arguments: [false, true])
    func worker(isLong: Bool) async throws {
        let roles: Set<HostConfiguration.Role> = [.orchestrator]
        try await BrokerHub.run {
            $0.roles = roles
        } register: {
            $0.register(Self.calls)
        } _: { hub in
            try await hub.provision(["GivenUpWork"])
            let (began, ended) = (Happenings<Int>(), Happenings<Bool>())
            var configuration = HostConfiguration(hub: hub.name, broker: hub.url, roles: [.activity])
            if isLong { configuration.leases.after = .milliseconds(1) }
            let worker = try TaskHubHost(configuration, logger: LogLines().logger)
            worker.register(Self.work) { number, context in
                try context.heartbeat(number)
                began.add(number)
                let (waiting, end) = AsyncStream<Void>.makeStream()
                await withTaskCancellationHandler {
                    for await _ in waiting {}
                } onCancel: {
                    end.finish()
                }
                ended.add(context.isCanceled)
                return "late"
            }
            let running = Task { try await worker.run() }
            #expect(try await worker.becomesReady())
            let instance = try await hub.client.start(Self.calls, 7)
            try await began.wait(for: 1)
            if isLong {
                try await untilSeen("the heartbeat to be in the status") {
                    try await instance.status()?.waits.first?.heartbeat == Payload(json: "7")
                }
            }
            let start = ContinuousClock.now
            try await hub.client.terminate(instance.id)
            #expect(try await ended.wait(for: 1) == [true])
            // A second is the promise; a machine that runs all tests at once may take a few more.
            #expect(ContinuousClock.now - start < .seconds(5))
            running.cancel()
            try await running.ended()
        }
    }

    @Test("A worker in another language is told in the queue that its heartbeat names")
    func foreign() async throws {
        let roles: Set<HostConfiguration.Role> = [.orchestrator]
        try await BrokerHub.run {
            $0.roles = roles
        } register: {
            $0.register(Self.calls)
        } _: { hub in
            try await hub.provision(["GivenUpWork"])
            let queue = "reply.\(hub.name).worker"
            let told = try await hub.transport.consumeReplies(queue)
            let work = try await hub.transport.consume(hub.names.activityQueue("GivenUpWork"), prefetch: 1)
            let instance = try await hub.client.start(Self.calls, 7)
            var items = work.batches.makeAsyncIterator()
            let item = try #require(try await items.next(isolation: nil)?.first)
            // What a program without any library of ours sends.
            let heartbeat = OutboundMessage(
                exchange: hub.names.resultExchange, routingKey: item.properties.replyTo ?? "",
                properties: MessageProperties(
                    headers: ["warren-status": "heartbeat"], correlationID: item.properties.correlationID,
                    replyTo: queue), body: Array(#"{"row":3}"#.utf8))
            #expect(try await hub.publish(heartbeat) == .confirmed)
            work.acknowledge([item.tag])
            try await untilSeen("the heartbeat to be in the status") {
                try await instance.status()?.waits.first?.heartbeat == Payload(json: #"{"row":3}"#)
            }
            try await hub.client.terminate(instance.id)
            var cancellations = told.batches.makeAsyncIterator()
            let message = try #require(try await cancellations.next(isolation: nil)?.first)
            #expect(message.properties.correlationID == item.properties.correlationID)
            #expect(message.properties.headers["warren-reason"] == "ended")
            await told.close()
            await work.close()
        }
    }
}
