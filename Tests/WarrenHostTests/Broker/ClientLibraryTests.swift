import AMQPMessages
import Foundation
import TestSupport
import Testing
import Warren
import WarrenClient
import WarrenMessaging

@testable import WarrenHost

/// Client libraries of other languages as their users use them, with everything at its default.
@Suite(
    "Broker: client libraries", .timeLimit(.minutes(5)), .enabled(if: TestBroker.isAvailable, TestBroker.remedy))
struct ClientLibraryTests {
    private static let helloCities = Orchestration<[String], [String]>("HelloCities")
    private static let foreignCities = Orchestration<[String], [String]>("ForeignCities")
    private static let foreignHello = Activity<String, String>("ForeignHello")
    private static let approval = Orchestration<Void, Bool>("Approval")
    private static let approved = ExternalEvent<Bool>("Approved it")

    private func register(_ host: TaskHubHost) {
        host.register(Self.helloCities) { _, cities in cities.map { "Hello \($0)!" } }
        host.register(Self.foreignCities) { context, cities in
            var greetings: [String] = []
            for city in cities { greetings.append(try await context.call(Self.foreignHello, city)) }
            return greetings
        }
        host.register(Self.approval) { context, _ in try await context.wait(for: Self.approved) }
    }

    /// Runs one of the clients against a hub; what it got back, by name.
    private func run(
        _ client: String, _ check: (_ answers: [String: JSONValue], BrokerHub) async throws -> Void
    ) async throws {
        let program = try #require(
            Bundle.module.url(forResource: "strangers", withExtension: "py"), "The test's Python program is missing.")
        try await BrokerHub.run(register: register) { hub in
            try await hub.provision(["ForeignHello"])
            let result = try await Program.run(Program.python, [program.path, client, hub.url, hub.name])
            try #require(result.exitCode == 0, "\(result.errors)")
            guard case .object(let answers) = try JSONValue(Payload(json: result.output)) else {
                Issue.record("\(result.output)")
                return
            }
            try await check(answers, hub)
        }
    }

    private let hello: JSONValue = ["Hello Tokyo!"]

    @Test(
        "kombu, and so Celery: declares the exchange, waits on a queue named by a UUID", ClientLibrary.offers("kombu"))
    func kombu() async throws {
        try await run("kombu") { answers, hub async throws in
            #expect(answers["object"] == hello)
            #expect(answers["text"] == hello)
            #expect(answers["text with a mark"] == hello)
            #expect(answers["bytes"]?["detail"]?.stringValue?.contains("The body is JSON") == true)
            #expect(answers["zlib"]?["detail"]?.stringValue?.contains("header 'compression'") == true)
            #expect(try await hub.transport.depth(of: hub.names.deadQueue) == 2)
        }
    }

    @Test(
        "aio-pika: declares the exchange, waits on its own queue, works on a queue that is there",
        ClientLibrary.offers("aio_pika"))
    func aioPika() async throws {
        try await run("aio_pika") { answers, hub async throws in
            #expect(answers["start"] == hello)
            #expect(answers["work"] == ["Hi Tokyo"])
            #expect(answers["queue"] == "amq_")
            #expect(try await hub.transport.depth(of: hub.names.deadQueue) == 0)
        }
    }

    @Test("FastStream: requests by direct reply-to, and works as a subscriber", ClientLibrary.offers("faststream"))
    func fastStream() async throws {
        try await run("faststream") { answers, hub async throws in
            #expect(answers["object"] == hello)
            #expect(answers["text"] == hello)
            #expect(answers["work"] == ["Hi Tokyo"])
            #expect(try await hub.transport.depth(of: hub.names.deadQueue) == 0)
        }
    }

    @Test(
        "what Bunny, Java, Go, Spring, PHP and MassTransit send, and what comes by a detour",
        ClientLibrary.offers("pika"))
    func properties() async throws {
        try await run("pika") { answers, hub async throws in
            for name in [
                "nothing", "Bunny", "Java BASIC", "Java TEXT_PLAIN", "Go", "Spring", "php-amqplib", "BOM",
                "MassTransit",
                "exchange to exchange", "by headers",
            ] {
                #expect(answers[name] == hello, "\(name)")
            }
            #expect(answers["event by another exchange"] == true)
            #expect(answers["event from MQTT"] == true)
            // No JSON, and nothing said what it is: a string, which is no array.
            let failure = try #require(answers["str(list)"]?["message"]?.stringValue)
            #expect(failure.contains("expected an array of strings, got a string (\"['Tokyo']\")"))
            #expect(failure.contains("sent without content_type by exchange '\(hub.name).start'; the body was no JSON"))
            #expect(try await hub.transport.depth(of: hub.names.deadQueue) == 0)
        }
    }
}

/// Libraries of other languages that a test cannot do without.
enum ClientLibrary {
    /// Runs the test if the tests' Python has a module. In CI a missing one is a failure.
    static func offers(_ module: String) -> ConditionTrait {
        .enabled("Needs the Python module \(module), which scripts/test installs.") {
            if ProcessInfo.processInfo.environment["CI"] != nil { return true }
            return try await Program.run(Program.python, ["-c", "import \(module)"]).exitCode == 0
        }
    }
}
