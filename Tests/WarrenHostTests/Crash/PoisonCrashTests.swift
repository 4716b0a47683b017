import AMQP
import AMQPMessages
import Foundation
import Logging
import TestSupport
import Testing
import Warren
import WarrenClient
import WarrenMessaging
import WarrenStorage

/// Inputs that no host survives, beside others that are none the worse for it.
@Suite(
    "Crash: poison", .serialized, .timeLimit(.minutes(5)), .enabled(if: TestBroker.isAvailable, TestBroker.remedy))
struct PoisonCrashTests {
    private static let deaths = 3

    /// A hub whose host is started again whenever it dies.
    private struct Hub {
        let names: TaskHubName
        let transport: AMQPTransport
        let client: TaskHubClient
        let keeper: HostKeeper
        let letters: any MessageSubscription

        func publish(_ exchange: String, _ key: String, _ body: String, _ properties: MessageProperties) async throws {
            var properties = properties
            properties.contentType = "application/json"
            properties.isPersistent = true
            let message = OutboundMessage(
                exchange: exchange, routingKey: key, properties: properties, body: Array(body.utf8))
            #expect(try await transport.outcome(of: message) == .confirmed)
        }

        func start(_ name: String, _ input: String, id: String? = nil, reply: String? = nil) async throws {
            var properties = MessageProperties()
            if let id {
                properties.headers["warren-instance-id"] = .string(id)
                properties.messageID = "m-\(id)"
            }
            properties.replyTo = reply
            try await publish(names.startExchange, name, "\"\(input)\"", properties)
        }

        func raise(_ payload: String, to id: String) async throws {
            try await publish(names.eventExchange, "\(id)/Go", "\"\(payload)\"", MessageProperties())
        }
    }

    private func withHub(_ durability: Durability = .local, _ body: (Hub) async throws -> Void) async throws {
        let url = try TestBroker.requireURL()
        let hub = "poison\(UInt32.random(in: 0...UInt32.max))"
        let names = try TaskHubName(hub)
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("warren-\(hub)")
        defer { try? FileManager.default.removeItem(at: folder) }
        let logger = Logger(label: "poison") { _ in SwiftLogNoOpLogHandler() }
        let transport = try await AMQPTransport.connect(AMQPConfiguration(url: url), logger: logger)
        try await transport.provision(TaskHubTopology.hub(names, partitions: 2, durability: durability))
        try await transport.provision(TaskHubTopology.activities(["Echo"], of: names))
        let client = try await TaskHubClient(hub: hub, transport: transport, logger: logger)
        let keeper = HostKeeper()
        let letters = try await transport.consume(names.deadQueue, prefetch: 100)
        let more = durability == .journal ? ["25", "journal"] : []
        let running = Task { try await keeper.run("PoisonHost", [url, hub, folder.path, "\(Self.deaths)"] + more) }
        try await withCleanUp {
            try await body(
                Hub(names: names, transport: transport, client: client, keeper: keeper, letters: letters))
        } afterwards: {
            await keeper.stop()
            try await running.value
            await letters.close()
            await client.close()
            await transport.shutdown()
            try await TestBroker.remove(names, partitions: 2, activities: ["Echo"])
        }
    }

    /// Starts good instances, the poison among them, and waits until all of the good ones have completed.
    private func besideGoodLoad(_ hub: Hub, _ poison: () async throws -> Void) async throws {
        for number in 0..<20 { try await hub.start("Good", "a\(number)", id: "good-\(number)") }
        try await poison()
        for number in 20..<40 { try await hub.start("Good", "a\(number)", id: "good-\(number)") }
        for number in 0..<40 {
            let output = try await output(hub, "good-\(number)")
            #expect(output == "\"a\(number)!!!\"", "good-\(number)")
        }
    }

    /// The end of an instance. Answers are sent once: one that was lost with a host is asked for again.
    private func output(_ hub: Hub, _ id: String) async throws -> String {
        while true {
            do {
                return try await hub.client.output(of: id, timeout: .seconds(3)).json
            } catch let error as ClientError where error.code == .timedOut || error.code == .instanceNotFound {
                continue
            }
        }
    }

    /// Reads dead letters, and expects no more of them.
    private func letters(_ hub: Hub, _ count: Int) async throws -> [InboundMessage] {
        var found: [InboundMessage] = []
        var batches = hub.letters.batches.makeAsyncIterator()
        while found.count < count {
            let batch = try #require(try await batches.next(isolation: nil))
            hub.letters.acknowledge(batch.map(\.tag))
            found += batch
        }
        return found
    }

    /// - Parameter isDetoured: whether hosts published it again to the partition's own queue: the broker counts anew there.
    private func expectPoison(_ letter: InboundMessage, subject: String?, isDetoured: Bool = false) throws {
        let headers = letter.properties.headers
        #expect(letter.routingKey == "poison")
        #expect(headers["warren-dead-reason"]?.string == "poison")
        #expect(headers["warren-dead-count"]?.integer == Int64(Self.deaths))
        #expect(headers["warren-dead-first-seen"]?.string != nil)
        if !isDetoured { #expect(headers["warren-dead-delivery-count"]?.integer ?? 0 >= Int64(Self.deaths)) }
        if let subject { #expect(headers["warren-dead-instance"]?.string == subject) }
        #expect(String(decoding: letter.body, as: UTF8.self) == #""boom""#)
    }

    /// The host has died as often as it had to, and is up.
    private func expectPeace(_ hub: Hub, deaths: ClosedRange<Int>) async throws {
        try await hub.start("Good", "z", id: "good-after")
        #expect(try await output(hub, "good-after") == #""z!!!""#)
        #expect(deaths.contains(hub.keeper.deaths), "\(hub.keeper.deaths) deaths")
        #expect(try await hub.transport.depth(of: hub.names.deadQueue) == 0)
        let list = try await hub.client.list(InstanceQuery(name: "Good", limit: 100)).instances
        #expect(list.count == 41)
        #expect(list.allSatisfy { $0.runtimeStatus == .completed })
    }

    @Test(
        "a start is taken out also when every death takes the disk with it: the journal knows what was tried",
        arguments: ["AtStart", "AtResult"])
    func lostDisks(_ name: String) async throws {
        try await withHub(.journal) { hub in
            try await besideGoodLoad(hub) { try await hub.start(name, "boom", id: "bad-1") }
            if name == "AtResult" { try await expectFailed(hub, "bad-1") }
            try expectPoison(try #require(try await letters(hub, 1).first), subject: "bad-1", isDetoured: true)
            // Two deaths make hosts careful, and so many are proof; one more where a neighbour was tried first.
            try await expectPeace(hub, deaths: Self.deaths...(2 * Self.deaths + 2))
        }
    }

    @Test("a start is taken out after so many deaths, answered, and can be published again")
    func start() async throws {
        try await withHub { hub in
            let answers = try await hub.transport.consumeReplies("reply.\(hub.names.text)")
            try await besideGoodLoad(hub) {
                try await hub.start("AtStart", "boom", id: "bad-1", reply: "reply.\(hub.names.text)")
            }
            try expectPoison(try #require(try await letters(hub, 1).first), subject: "bad-1")
            var batches = answers.batches.makeAsyncIterator()
            var answer: InboundMessage?
            while answer == nil { answer = try #require(try await batches.next(isolation: nil)).first }
            #expect(answer?.properties.headers["warren-status"]?.string == "rejected")
            // Nothing of it is left, so that it can come again, mended.
            try await hub.start("AtStart", "fine", id: "bad-1")
            #expect(try await output(hub, "bad-1") == #""fine""#)
            try await expectPeace(hub, deaths: Self.deaths...Self.deaths)
            await answers.close()
        }
    }

    @Test("a start without any ID is recognised all the same")
    func startWithoutID() async throws {
        try await withHub { hub in
            try await besideGoodLoad(hub) { try await hub.start("AtStart", "boom") }
            try expectPoison(try #require(try await letters(hub, 1).first), subject: nil)
            try await expectPeace(hub, deaths: Self.deaths...Self.deaths)
        }
    }

    @Test("an event is taken out, and its instance goes on")
    func event() async throws {
        try await withHub { hub in
            try await hub.start("AtEvent", "x", id: "bad-2")
            try await besideGoodLoad(hub) { try await hub.raise("boom", to: "bad-2") }
            try expectPoison(try #require(try await letters(hub, 1).first), subject: "bad-2")
            try await hub.raise("fine", to: "bad-2")
            #expect(try await output(hub, "bad-2") == #""fine""#)
            try await expectPeace(hub, deaths: Self.deaths...Self.deaths)
        }
    }

    @Test("an instance that dies over its own timer fails, and its host lives on")
    func timer() async throws {
        try await withHub { hub in
            try await besideGoodLoad(hub) { try await hub.start("AtTimer", "boom", id: "bad-3") }
            try await expectFailed(hub, "bad-3")
            try await expectPeace(hub, deaths: Self.deaths...Self.deaths)
        }
    }

    @Test("an instance that dies over a result fails, and the result is kept as a dead letter")
    func result() async throws {
        try await withHub { hub in
            try await besideGoodLoad(hub) { try await hub.start("AtResult", "boom", id: "bad-4") }
            try await expectFailed(hub, "bad-4")
            try expectPoison(try #require(try await letters(hub, 1).first), subject: "bad-4")
            try await expectPeace(hub, deaths: Self.deaths...Self.deaths)
        }
    }

    @Test("an instance that dies over its replay, whatever is next for it, fails after a restart")
    func replay() async throws {
        try await withHub { hub in
            _ = try await hub.client.start(named: "AtReplay", input: Payload(json: #""boom""#), id: "bad-5")
            await hub.keeper.kill()
            try await besideGoodLoad(hub) {}
            try await expectFailed(hub, "bad-5")
            // It may be working on that very instance when it is killed, and that death counts then.
            try await expectPeace(hub, deaths: Self.deaths...(Self.deaths + 1))
        }
    }

    @Test("a sub-orchestration that dies at its start is taken out, and its parent is told")
    func child() async throws {
        try await withHub { hub in
            try await besideGoodLoad(hub) { try await hub.start("AtChild", "boom", id: "bad-6") }
            #expect(try await output(hub, "bad-6") == #""KillsHost""#)
            try await expectPeace(hub, deaths: Self.deaths...Self.deaths)
        }
    }

    @Test("a question is taken out, however often it is asked, and whoever asks is told")
    func question() async throws {
        try await withHub { hub in
            let query = InstanceQuery(name: "boom")
            try await besideGoodLoad(hub) {
                let error = await #expect(throws: ClientError.self) {
                    try await hub.client.list(query, timeout: .seconds(60))
                }
                #expect(error?.reason == "poison", "\(String(describing: error))")
            }
            // Both partitions are asked the same, and one death may count for both.
            let deaths = hub.keeper.deaths
            #expect((2...(2 * Self.deaths)).contains(deaths), "\(deaths) deaths")
            // Asked again, it ends nothing any more.
            await #expect(throws: ClientError.self) { try await hub.client.list(query, timeout: .seconds(60)) }
            #expect(hub.keeper.deaths <= max(deaths, 2 * Self.deaths))
            let letter = try #require(try await letters(hub, 1).first)
            #expect(letter.properties.headers["warren-dead-reason"]?.string == "poison")
            #expect(letter.properties.headers["warren-dead-instance"]?.string?.hasPrefix("@question:") == true)
            try await hub.start("Good", "z", id: "good-after")
            #expect(try await output(hub, "good-after") == #""z!!!""#)
        }
    }

    @Test("an operation of an entity is taken out, with its state and its neighbours none the worse for it")
    func operation() async throws {
        try await withHub { hub in
            func signal(_ body: String, _ key: String) async throws {
                // A host that dies before it has acknowledged a signal gets it again, and knows it by its ID.
                try await hub.publish(
                    hub.names.entityExchange, "Bomb/\(key)/light", "\"\(body)\"",
                    MessageProperties(messageID: UUID().uuidString))
            }
            try await signal("fine", "lit")
            try await besideGoodLoad(hub) {
                for number in 0..<10 { try await signal(number < 5 ? "slow" : "fine", "n\(number)") }
                try await signal("boom", "lit")
                try await signal("fine", "lit")
            }
            let letter = try #require(try await letters(hub, 1).first)
            #expect(letter.properties.headers["warren-dead-reason"]?.string == "poison")
            #expect(letter.properties.headers["warren-dead-instance"]?.string == "@bomb@lit")
            #expect(letter.properties.headers["warren-dead-count"]?.integer ?? 0 >= Int64(Self.deaths))
            #expect(String(decoding: letter.body, as: UTF8.self) == #""boom""#)
            try await expectState(hub, "lit", "2")
            for number in 0..<10 { try await expectState(hub, "n\(number)", "1") }
            // Four times as many deaths are proof, however much other work was at hand at each of them.
            try await expectPeace(hub, deaths: Self.deaths...(4 * Self.deaths))
        }
    }

    @Test("who called an operation that is taken out gets the failure")
    func calledOperation() async throws {
        try await withHub { hub in
            try await hub.start("Asks", "fine", id: "asks-1")
            #expect(try await output(hub, "asks-1") == #""1""#)
            try await hub.start("Asks", "boom", id: "asks-2")
            #expect(try await output(hub, "asks-2") == #""KillsHost""#)
            try await hub.start("Asks", "fine", id: "asks-3")
            #expect(try await output(hub, "asks-3") == #""2""#)
            // Four times as many deaths are proof, however much other work was at hand at each of them.
            #expect((Self.deaths...(4 * Self.deaths)).contains(hub.keeper.deaths), "\(hub.keeper.deaths) deaths")
        }
    }

    /// Waits until an entity has a state.
    private func expectState(_ hub: Hub, _ key: String, _ state: String) async throws {
        try await untilSeen("the state \(state) of \(key)") {
            let status = try? await hub.client.entity(EntityID(name: "Bomb", key: key))
            return status?.state?.json == state
        }
    }

    @Test("several kinds of poison at once are told apart from what they ran beside")
    func together() async throws {
        try await withHub { hub in
            try await hub.start("AtEvent", "x", id: "bad-2")
            try await besideGoodLoad(hub) {
                try await hub.start("AtStart", "boom", id: "bad-1")
                try await hub.raise("boom", to: "bad-2")
                try await hub.start("AtTimer", "boom", id: "bad-3")
            }
            try await expectFailed(hub, "bad-3")
            // A letter may come twice, if a host dies before it has acknowledged what it is about.
            var subjects: Set<String> = []
            while subjects.count < 2 {
                for letter in try await letters(hub, 1) {
                    try expectPoison(letter, subject: nil)
                    subjects.insert(letter.properties.headers["warren-dead-instance"]?.string ?? "")
                }
            }
            #expect(subjects == ["bad-1", "bad-2"])
            // One poison may die with another one, and then counts once for both.
            try await expectPeace(hub, deaths: Self.deaths...(3 * Self.deaths))
        }
    }

    private func expectFailed(_ hub: Hub, _ id: String) async throws {
        while true {
            do {
                _ = try await hub.client.output(of: id, timeout: .seconds(3))
                Issue.record("\(id) completed.")
            } catch let failure as OrchestrationFailure {
                #expect(failure.details.type == "KillsHost")
                #expect(failure.details.message.contains("ended \(Self.deaths) times"), "\(failure.details.message)")
            } catch let error as ClientError where error.code == .timedOut || error.code == .instanceNotFound {
                continue
            }
            return
        }
    }
}
