import AMQPMessages
import TestSupport
import Testing
import Warren
import WarrenMessaging

@testable import WarrenHost

/// A worker that does what the test says: it takes work items one by one and answers them when it is told to.
final class ScriptedWorker: Sendable {
    private let transport: any MessageTransport
    private let wire: WorkerWire
    private let subscription: any MessageSubscription
    private let items = Happenings<InboundMessage>()

    /// Begins to consume an activity's queue, which it makes if it is missing.
    static func start(_ activity: String, in cluster: Cluster) async throws -> ScriptedWorker {
        try await cluster.transport.provision(TaskHubTopology.activities([activity], of: cluster.names))
        let subscription = try await cluster.transport.consume(
            cluster.names.activityQueue(activity), prefetch: 100)
        return ScriptedWorker(cluster, subscription)
    }

    private init(_ cluster: Cluster, _ subscription: any MessageSubscription) {
        transport = cluster.transport
        wire = WorkerWire(names: cluster.names, inputLimit: 8 << 20)
        self.subscription = subscription
        let items = items
        Task {
            for try await batch in subscription.batches { for message in batch { items.add(message) } }
        }
    }

    /// How many work items came.
    var count: Int { items.all.count }

    /// The work item of that number, from 1, acknowledged: from now on only its lease brings it back.
    func item(_ number: Int) async throws -> WorkCall {
        let message = try #require(try await items.wait(for: number).dropFirst(number - 1).first)
        subscription.acknowledge([message.tag])
        return try wire.decode(message).get()
    }

    /// Answers a work item and waits until the partition has taken the answer.
    ///
    /// - Parameter tellsAttempt: workers in other languages may not echo the number of the dispatch.
    func answer(_ call: WorkCall, _ outcome: WorkResult.Outcome, tellsAttempt: Bool = true) async throws {
        var message = wire.result(outcome, of: call)
        if !tellsAttempt { message.properties.headers["warren-attempt"] = nil }
        #expect(try await transport.outcome(of: message) == .confirmed)
    }
}
