import AMQPMessages
import Foundation
import TestSupport
import Testing
import Warren
import WarrenClient
import WarrenMessaging

@testable import WarrenHost

/// Destinations of announcements that a host has no rights to, or that are gone, beside a queue that is full and one that is
/// missing: everything else goes on, and what waited is sent when the rights are there.
///
/// Replies are not among them: a host without the right to the default exchange cannot own a partition.
@Suite(
    "Broker: destinations without rights", .serialized, .timeLimit(.minutes(5)),
    .enabled(if: TestBroker.isControllable, TestBroker.controlRemedy))
struct DeniedDestinationTests {
    private static let email = Activity<Int, Int>("Email")
    private static let other = Activity<Int, Int>("Other")
    private static let mails = Orchestration<Int, Int>("Mails")
    /// Calls an activity that has no queue.
    private static let lost = Orchestration<Int, Int>("Lost")
    private static let others = Orchestration<Int, Int>("Others")

    private func register(_ host: TaskHubHost) {
        host.register(Self.other) { $0 + 1 }
        host.register(Self.mails) { context, number in try await context.call(Self.email, number) }
        host.register(Self.lost) { context, number in
            try await context.call(Activity<Int, Int>("Lost"), number)
        }
        host.register(Self.others) { context, number in
            context.print("about to sleep")
            try await context.sleep(for: .milliseconds(20))
            return try await context.call(Self.other, number)
        }
    }

    /// Runs a host under a user that may write to everything but what a pattern says, with an activity's queue that is full.
    ///
    /// - Parameter grant: gives it the rights that it lacks.
    private func withHost(
        denied pattern: String, _ body: (_ hub: BrokerHub, _ grant: () async throws -> Void) async throws -> Void
    ) async throws {
        let user = "limited\(UInt32.random(in: 0...UInt32.max))"
        var address = try #require(URLComponents(string: try TestBroker.requireURL()))
        address.user = user
        address.password = user
        let url = try #require(address.string)
        try await TestBroker.control("ctl", "add_user", user, user)
        try await withCleanUp {
            try await TestBroker.control("ctl", "set_permissions", "-p", "/", user, ".*", ".*", ".*")
            try await BrokerHub.run(
                configure: { configuration in
                    configuration.broker.url = url
                    configuration.partitionCount = 1
                    configuration.messages.maximumOutboxRows = 20
                    configuration.reports.lifecycle = .everything
                    configuration.graces.unknownActivity = .seconds(3600)
                }, register: register
            ) { hub in
                try await hub.provision(["Email"])
                // Taken away from a host that runs: to own its partitions, it needs them all. A broker remembers what a
                // channel may do, so its connections go as well.
                try await TestBroker.control(
                    "ctl", "set_permissions", "-p", "/", user, ".*", "^(?!\(pattern)).*$", ".*")
                try await TestBroker.control(
                    "ctl", "eval", "rabbit_networking:close_all_user_connections(<<\"\(user)\">>, <<\"test\">>).")
                let queue = hub.names.activityQueue("Email")
                try await withCleanUp {
                    try await TestBroker.control(
                        "ctl", "set_policy", queue, "^\(queue)$", #"{"max-length":5,"overflow":"reject-publish"}"#,
                        "--apply-to", "queues")
                    for number in 0..<30 {
                        _ = try await hub.client.start(
                            Self.mails, number, id: "m-\(number)", until: .confirmed, awaitingEnd: false)
                    }
                    for number in 0..<5 {
                        _ = try await hub.client.start(
                            Self.lost, number, id: "l-\(number)", until: .confirmed, awaitingEnd: false)
                    }
                    try await body(hub) {
                        try await TestBroker.control("ctl", "set_permissions", "-p", "/", user, ".*", ".*", ".*")
                    }
                } afterwards: {
                    try await TestBroker.control("ctl", "clear_policy", queue)
                }
            }
        } afterwards: {
            try await TestBroker.control("ctl", "delete_user", user)
        }
    }

    /// The instances whose ends are announced, as they come.
    private func ends(
        _ subscription: any MessageSubscription, untilAll wanted: Set<String>
    ) async throws -> Set<String> {
        var seen: Set<String> = []
        for try await batch in subscription.batches {
            subscription.acknowledge(batch.map(\.tag))
            for message in batch { seen.insert(message.properties.headers[WireHeader.instanceID]?.string ?? "") }
            if seen.isSuperset(of: wanted) { break }
        }
        return seen
    }

    @Test("Without the right to announce, timers, activities, intake and replies go on; the announcements come later")
    func announcements() async throws {
        try await withHost(denied: #".*\.lifecycle$"#) { hub, grant in
            let watch = try await hub.transport.watch(
                hub.names.lifecycleExchange, routingKey: "orchestration.completed.#", queue: "\(hub.name).test.ends",
                prefetch: 100)
            for number in 0..<10 {
                let instance = try await hub.client.start(Self.others, number, id: "o-\(number)")
                #expect(try await instance.result(timeout: .seconds(60)) == number + 1)
            }
            let parked = try await hub.client.parkedDestinations().map(\.destination)
            #expect(parked.contains { $0.contains("lifecycle") }, "\(parked)")
            #expect(parked.contains { $0.contains("Email") }, "\(parked)")
            try await grant()
            let wanted = Set((0..<10).map { "o-\($0)" })
            #expect(try await ends(watch, untilAll: wanted).isSuperset(of: wanted))
            await watch.close()
        }
    }

    @Test("With the exchange for the console gone, and that for announcements, everything else goes on")
    func missing() async throws {
        try await withHost(denied: "nothing at all") { hub, _ in
            try await TestBroker.remove(exchanges: [hub.names.consoleExchange, hub.names.lifecycleExchange])
            for number in 0..<10 {
                let instance = try await hub.client.start(Self.others, number, id: "o-\(number)")
                #expect(try await instance.result(timeout: .seconds(60)) == number + 1)
            }
            let parked = try await hub.client.parkedDestinations().map(\.destination)
            #expect(parked.contains { $0.contains("Email") }, "\(parked)")
            #expect(parked.contains { $0.contains("Lost") }, "\(parked)")
            // Announcements that nobody can have bound anything to are for nobody, and wait for nothing.
            #expect(!parked.contains { $0.contains("lifecycle") }, "\(parked)")
        }
    }
}
