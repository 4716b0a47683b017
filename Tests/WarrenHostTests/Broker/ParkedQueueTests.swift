import AMQPMessages
import Foundation
import TestSupport
import Testing
import Warren
import WarrenClient
import WarrenMessaging

@testable import WarrenHost

/// One destination that takes nothing, on a real broker: everything else goes on.
@Suite(
    "Broker: queues that take nothing", .timeLimit(.minutes(5)),
    .enabled(if: TestBroker.isControllable, TestBroker.controlRemedy))
struct ParkedQueueTests {
    private static let email = Activity<Int, Int>("Email")
    private static let other = Activity<Int, Int>("Other")

    private func register(_ host: TaskHubHost) {
        host.register(Self.other) { $0 + 1 }
        host.register(Orchestration<Int, Int>("Mails")) { context, number in
            try await context.call(Self.email, number)
        }
        host.register(Orchestration<Int, Int>("Others")) { context, number in
            try await context.call(Self.other, number)
        }
    }

    @Test("A queue limited by a policy parks its own messages; others are answered, and it drains when the limit goes")
    func limited() async throws {
        try await parks { queue, _ in
            try await TestBroker.control(
                "ctl", "set_policy", queue, "^\(queue)$", #"{"max-length":10,"overflow":"reject-publish"}"#,
                "--apply-to", "queues")
        } isFull: { queue, hub async throws in
            #expect(try await hub.transport.depth(of: queue) <= 12)
        } opening: { queue in
            try await TestBroker.control("ctl", "clear_policy", queue)
        }
    }

    @Test("A queue that answers nothing parks its own messages; others are answered, and they arrive when it is back")
    func silent() async throws {
        try await parks { queue, hub in
            // The channel knows the queue: from now on, the broker neither confirms nor refuses messages for it.
            _ = try await hub.client.start(
                named: "Mails", input: Payload(json: "-1"), id: "m-first", awaitingEnd: false)
            try await untilSeen("one work item in the queue") { try await hub.transport.depth(of: queue) == 1 }
            try await Self.process(of: queue, "suspend")
        } opening: { queue in
            try await Self.process(of: queue, "resume")
        }
    }

    /// Sends far more to a queue that takes nothing than a partition may leave unconfirmed, sees that others are answered,
    /// and that all of it arrives once the queue is open. Nothing is restarted: the channel that lost messages is replaced.
    private func parks(
        shutting: (_ queue: String, BrokerHub) async throws -> Void,
        isFull: (_ queue: String, BrokerHub) async throws -> Void = { _, _ in },
        opening: @escaping @Sendable (_ queue: String) async throws -> Void
    ) async throws {
        try await BrokerHub.run(
            configure: { configuration in
                configuration.messages.maximumOutboxRows = 40
                configuration.partitionCount = 1
            }, register: register
        ) { hub in
            try await hub.provision(["Email"])
            let queue = hub.names.activityQueue("Email")
            let ids = (0..<200).map { "m-\($0)" }
            var answered = 0
            try await withCleanUp {
                try await shutting(queue, hub)
                for (number, id) in ids.enumerated() {
                    _ = try await hub.client.start(
                        named: "Mails", input: Payload(json: "\(number)"), id: id, awaitingEnd: false)
                }
                for number in 0..<20 {
                    let instance = try await hub.client.start(Orchestration<Int, Int>("Others"), number)
                    #expect(try await instance.result(timeout: .seconds(20)) == number + 1)
                    answered += 1
                }
                try await isFull(queue, hub)
            } afterwards: {
                try await opening(queue)
            }
            #expect(answered == 20)
            #expect(try await items(of: queue, in: hub, until: Set(ids)).subtracting(["m-first"]) == Set(ids))
        }
    }

    /// Suspends the process of a quorum queue, which answers nothing then, as on a node that is cut off, or resumes it.
    private static func process(of queue: String, _ verb: String) async throws {
        try await TestBroker.control(
            "ctl", "eval",
            #"{ok, Q} = rabbit_amqqueue:lookup(rabbit_misc:r(<<"/">>, queue, <<"\#(queue)">>)), "#
                + "ok = sys:\(verb)(amqqueue:get_pid(Q)).")
    }

    /// The instances with a work item in a queue, read until all that are awaited have come.
    private func items(of queue: String, in hub: BrokerHub, until awaited: Set<String>) async throws -> Set<String> {
        let subscription = try await hub.transport.consume(queue, prefetch: 1000)
        var items: Set<String> = []
        for try await batch in subscription.batches {
            subscription.acknowledge(batch.map(\.tag))
            for message in batch {
                items.insert(message.properties.headers[WireHeader.instanceID]?.string ?? "")
            }
            if items.isSuperset(of: awaited) { break }
        }
        return items
    }
}
