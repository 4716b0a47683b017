import Foundation
import Logging
import TestSupport
import Testing
import Warren
import WarrenClient
import WarrenHost
import WarrenMessaging

/// Programs that know nothing of Warren start instances, raise events, run activities and read the console.
@Suite(
    "Broker: foreign clients", .timeLimit(.minutes(5)), .enabled(if: TestBroker.isAvailable, TestBroker.remedy))
struct ForeignClientTests {
    private static let sayHello = Activity<String, String>("SayHello")
    private static let helloCities = Orchestration<[String], [String]>("HelloCities")
    private static let foreignHello = Activity<String, String>("ForeignHello")
    private static let approved = ExternalEvent<Bool>("Approved")
    private static let approval = Orchestration<JSONValue, Bool>("Approval")

    private func register(_ host: TaskHubHost) {
        host.register(Self.sayHello) { city, context in
            context.print("greeting \(city)")
            return "Hello \(city)!"
        }
        host.register(Self.helloCities) { context, cities in
            var greetings: [String] = []
            for city in cities { greetings.append(try await context.call(Self.sayHello, city)) }
            return greetings
        }
        host.register(Self.approval) { context, _ in try await context.wait(for: Self.approved) }
    }

    @Test("amqp-publish starts an orchestration with nothing but -e, -r and -b")
    func amqpPublish() async throws {
        try await BrokerHub.run(register: register) { hub in
            let result = try await Program.run(
                "/usr/bin/amqp-publish",
                [
                    "-u", hub.toolURL, "-e", hub.names.startExchange, "-r", "HelloCities", "-b",
                    #"["Tokyo","Seattle","London"]"#,
                ])
            try #require(result.exitCode == 0, "\(result.errors)")
            // Nobody told us the instance's ID: the console and the list of instances do.
            let lines = try await Program.run(
                "/usr/bin/amqp-consume", ["-u", hub.toolURL, "-q", hub.names.consoleQueue, "-c", "3", "cat"])
            #expect(lines.output.contains("greeting Tokyo"))
            let found = try await hub.client.list(InstanceQuery(name: "HelloCities")).instances.first
            let instance = try #require(found)
            let output = try await hub.client.output(of: instance.instanceID)
            #expect(output.json == #"["Hello Tokyo!","Hello Seattle!","Hello London!"]"#)
        }
    }

    @Test("amqp-publish raises an event")
    func raise() async throws {
        try await BrokerHub.run(register: register) { hub in
            let instance = try await hub.client.start(Self.approval, .null, id: "order-42")
            let result = try await Program.run(
                "/usr/bin/amqp-publish",
                ["-u", hub.toolURL, "-e", hub.names.eventExchange, "-r", "order-42/Approved", "-b", "true"])
            try #require(result.exitCode == 0, "\(result.errors)")
            #expect(try await instance.result() == true)
        }
    }

    @Test("a pika program starts, is answered on its own queue, and runs an activity as a plain RPC server")
    func pika() async throws {
        let program = try #require(
            Bundle.module.url(forResource: "pika_roles", withExtension: "py"), "The test's Python program is missing.")
        try await BrokerHub.run(register: { host in
            host.register(Self.helloCities) { context, cities in
                var greetings: [String] = []
                for city in cities { greetings.append(try await context.call(Self.foreignHello, city)) }
                return greetings
            }
        }) { hub in
            // The queue of an activity that no Warren host runs; a deployment makes it with `warren hub create`.
            try await hub.provision(["ForeignHello"])
            let result = try await Program.run(
                Program.python, [program.path, hub.url, hub.name, #"["Quito","Lima"]"#])
            try #require(result.exitCode == 0, "\(result.errors)")
            #expect(result.output.trimmingCharacters(in: .whitespacesAndNewlines) == #"["Hi Quito","Hi Lima"]"#)
        }
    }

    @Test("a pika publisher's trace is found again in a pika worker's work item, through a child, and in the answer")
    func trace() async throws {
        let program = try #require(
            Bundle.module.url(forResource: "pika_trace", withExtension: "py"), "The test's Python program is missing.")
        let child = Orchestration<String, String>("Child")
        try await BrokerHub.run(register: { host in
            host.register(child) { context, city in try await context.call(Self.foreignHello, city) }
            host.register(Self.helloCities) { context, cities in [try await context.call(child, cities[0])] }
        }) { hub in
            try await hub.provision(["ForeignHello"])
            let trace = ["00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01", "vendor=1"]
            let result = try await Program.run(Program.python, [program.path, hub.url, hub.name] + trace)
            try #require(result.exitCode == 0, "\(result.errors)")
            #expect(result.output == ["work", "answer"].map { "\($0) \(trace[0]) \(trace[1])\n" }.joined())
        }
    }
}

/// What a host refuses to start on.
@Suite(
    "Broker: hosts that do not fit the hub", .timeLimit(.minutes(5)),
    .enabled(if: TestBroker.isAvailable, TestBroker.remedy))
struct HubMismatchTests {
    @Test("another number of partitions is refused before anything is declared")
    func partitionCount() async throws {
        try await BrokerHub.run(register: { _ in }) { hub in
            let host = try TaskHubHost(
                HostConfiguration(hub: hub.name, broker: hub.url, partitionCount: 7),
                logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
            let error = await #expect(throws: HostError.self) { try await host.run() }
            #expect(error?.code == .topology)
            let words = "\(String(describing: error))"
            #expect(words.split(separator: "4 partitions").count == 2, "said once: \(words)")
            #expect(try await HubSize.partitionCount(of: hub.names, on: hub.transport) == 4)
        }
    }
}
