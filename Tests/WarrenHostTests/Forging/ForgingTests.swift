import AMQP
import AMQPMessages
import Foundation
import Logging
import TestSupport
import Testing
import Warren
import WarrenClient
import WarrenHost
import WarrenMessaging

/// Every kind of program that the catalog knows, with exactly the rights that it says, tries every way to be taken for
/// another one. The broker refuses, or the host does, and nothing comes of it.
@Suite(
    "Broker: forging", .timeLimit(.minutes(5)),
    .enabled(if: TestBroker.isAvailable && TestBroker.isControllable, TestBroker.controlRemedy))
struct ForgingTests {
    private static let charge = Activity<String, String>("Charge")
    private static let child = Orchestration<String, String>("Child")
    private static let parent = Orchestration<String, String>("Parent")
    private static let billing = Orchestration<String, String>("Billing")
    private static let done = Orchestration<Void, Void>("Done")
    private static let go = ExternalEvent<String>("Go")

    private func register(_ host: TaskHubHost) {
        host.register(Self.child) { context, _ in try await context.wait(for: Self.go) }
        host.register(Self.parent) { context, id in try await context.call(Self.child, id, id: "the-child") }
        host.register(Self.billing) { context, card in try await context.call(Self.charge, card) }
        host.register(Self.done) { _, _ in }
    }

    @Test("no role gets anything by any forgery, and the victims go on")
    func everyRole() async throws {
        try await BrokerHub.run(configure: { $0.graces.unknownOrchestration = .milliseconds(1) }, register: register) {
            hub in
            try await hub.provision(["Charge"])
            let roles = try RoleRights.documented(hub: hub.name)
            try #require(roles.count >= 5, "\(roles)")
            try await RoleRights.makeUsers(roles, hub: hub.name)
            try await withCleanUp {
                let known = try await victims(hub)
                let letters = try await hub.transport.consume(hub.names.deadQueue, prefetch: 100)
                var reader = DeadLetters(letters)
                var refusedByHost: Set<String> = []
                for role in roles {
                    let connection = try await connect(role, hub)
                    for forgery in Forgery.all(known) {
                        let note = "\(role): \(forgery.name)"
                        let outcome = try await publish(forgery.message(note: note), on: connection)
                        guard outcome == .confirmed else {
                            #expect(!role.isOrchestratorHost, "\(note): \(outcome)")
                            continue
                        }
                        refusedByHost.insert(forgery.name)
                        let reason = try await reader.reason(ofNoted: note)
                        #expect(reason == forgery.reason, "\(note)")
                    }
                    try await expectSecrecy(role, hub, connection)
                    await connection.close()
                }
                // The host's own rights reach everything, so each forgery has met the host at least once.
                #expect(refusedByHost.count == Forgery.all(known).count)
                await letters.close()
                try await expectVictimsGoOn(hub, roles)
            } afterwards: {
                try await RoleRights.removeUsers(roles, hub: hub.name)
            }
        }
    }

    /// Starts what the forgeries are about, and learns everything that somebody could learn of it without the files.
    private func victims(_ hub: BrokerHub) async throws -> Forgery.Knowledge {
        _ = try await hub.client.start(Self.done, (), id: "done").result()
        _ = try await hub.client.start(Self.parent, "x", id: "the-parent")
        _ = try await hub.client.start(Self.billing, "visa", id: "the-work")
        let parent = try #require(try await hub.client.status(of: "the-parent"))
        let work = try #require(try await hub.client.status(of: "the-work"))
        let count = 4
        let number = (
            parent: Partitioning.partition(of: "the-parent", count: count),
            work: Partitioning.partition(of: "the-work", count: count), count: count
        )
        let owner = try await OwnerQueue(
            hub.names, partition: number.work, of: count, on: hub.transport,
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        ).owner()
        return Forgery.Knowledge(
            names: hub.names, partitions: number,
            parent: ParentInstance(
                name: "Parent", instanceID: "the-parent", executionID: parent.executionID, taskID: 0),
            work: TaskToken(
                partition: number.work, instanceID: "the-work", executionID: work.executionID, taskID: 0),
            storeID: try #require(owner).storeID)
    }

    private func connect(_ role: RoleRights, _ hub: BrokerHub) async throws -> AMQPConnection {
        var configuration = try AMQPConfiguration(url: hub.url)
        configuration.user = role.user(hub: hub.name)
        configuration.password = Secret(role.user(hub: hub.name))
        return try await AMQPConnection.open(
            configuration, logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
    }

    private func publish(_ message: OutboundMessage, on connection: AMQPConnection) async throws -> PublishOutcome {
        // The broker closes a channel on which somebody asks for what he may not.
        let channel = try await connection.openChannel()
        try await channel.selectConfirms()
        let outcome = try await channel.publish(message)
        await channel.close()
        return outcome
    }

    /// What everybody else but an orchestrator host may not read or reach by a detour.
    private func expectSecrecy(_ role: RoleRights, _ hub: BrokerHub, _ connection: AMQPConnection) async throws {
        guard !role.isOrchestratorHost else { return }
        func refused(_ what: String, _ body: (AMQPChannel) async throws -> Void) async throws {
            let channel = try await connection.openChannel()
            let error = await #expect(throws: AMQPError.self, "\(role): \(what)") { try await body(channel) }
            #expect(error?.code == .permissionDenied, "\(role): \(what)")
            await channel.close()
        }
        let names = hub.names
        let queue = "reply.\(hub.name).spy"
        for hidden in [names.ownerQueue(0, of: 4), names.partitionQueue(0, of: 4), names.intakeQueue, names.deadQueue] {
            try await refused("reads \(hidden)") { _ = try await $0.consume(hidden) }
        }
        for exchange in [names.partitionExchange, names.resultExchange, names.controlExchange] {
            try await refused("listens to \(exchange)") { channel in
                try await channel.declareQueue(queue, isDurable: false, autoDelete: true)
                try await channel.bindQueue(queue, exchange: exchange, routingKey: "0")
            }
        }
        for exchange in [names.partitionExchange, ""] {
            try await refused("lets messages die into '\(exchange)'") { channel in
                try await channel.declareQueue(
                    queue + ".dying", isDurable: false, autoDelete: true,
                    arguments: [
                        "x-dead-letter-exchange": .string(exchange), "x-message-ttl": 1,
                        "x-dead-letter-routing-key": .string(names.partitionQueue(0, of: 4)),
                    ])
            }
        }
        for exchange in [names.partitionExchange, names.activityExchange] {
            try await refused("makes \(exchange) a way round") { channel in
                try await channel.declareExchange(
                    "reply.\(hub.name).way", kind: "fanout", isDurable: false, autoDelete: true,
                    arguments: ["alternate-exchange": .string(exchange)])
            }
        }
    }

    /// Everything that was lied about has its true end.
    private func expectVictimsGoOn(_ hub: BrokerHub, _ roles: [RoleRights]) async throws {
        #expect(try await hub.client.status(of: "done")?.runtimeStatus == .completed)
        #expect(try await hub.client.status(of: "the-parent")?.runtimeStatus == .running)
        #expect(try await hub.client.status(of: "the-work")?.runtimeStatus == .running)
        #expect(try await hub.client.status(of: "liar") == nil)
        let work = hub.names.activityQueue("Charge")
        #expect(try await hub.transport.depth(of: work) == 1)
        // A worker answers with the rights of one.
        let worker = try #require(roles.first { $0.program.hasPrefix("worker") })
        let connection = try await connect(worker, hub)
        let items = try await connection.openChannel().consume(work, prefetch: 1)
        var batches = items.batches.makeAsyncIterator()
        let item = try #require(try await batches.next(isolation: nil)?.first)
        let properties = item.properties
        let answer = WorkResultCodec(hub: hub.names).encode(
            .completed(Payload(JSONValue.string("paid"))), replyTo: properties.replyTo ?? "",
            correlationID: properties.correlationID ?? "")
        #expect(try await publish(answer, on: connection) == .confirmed)
        items.channel.acknowledge([item.tag])
        #expect(try await hub.client.output(of: "the-work").json == "\"paid\"")
        await connection.close()
        try await hub.client.raise(Self.go, "true", to: "the-child")
        #expect(try await hub.client.output(of: "the-parent").json == "\"true\"")
    }

    /// Reads dead letters until the one that is looked for.
    private struct DeadLetters {
        private let subscription: any MessageSubscription
        private var batches: AsyncThrowingStream<[InboundMessage], any Error>.AsyncIterator
        private var rest: [InboundMessage] = []

        init(_ subscription: any MessageSubscription) {
            self.subscription = subscription
            batches = subscription.batches.makeAsyncIterator()
        }

        mutating func reason(ofNoted note: String) async throws -> String {
            while true {
                while rest.isEmpty {
                    rest = try #require(try await batches.next(isolation: nil), "The dead-letter queue was closed.")
                }
                let letter = rest.removeFirst()
                subscription.acknowledge([letter.tag])
                // A copy of what the broker itself gave up says nothing of ours. Work is taken without the answer that may not
                // be given, and this hub has none of that name.
                if letter.properties.headers["warren-note"]?.string == note,
                    let reason = letter.properties.headers["warren-dead-reason"]?.string,
                    reason != Refusal.Reason.unknownOrchestration.rawValue
                {
                    return reason
                }
            }
        }
    }
}
