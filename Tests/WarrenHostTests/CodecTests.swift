import Foundation
import Logging
import TestSupport
import Testing
import Warren
import WarrenClient
import WarrenHost
import WarrenMessaging
import WarrenStorage

/// A codec of the user's own, on both sides.
@Suite("Codecs", .timeLimit(.minutes(5)))
struct CodecTests {
    /// Dates as seconds since 1970, in place of texts.
    private struct SecondsCodec: PayloadCodec {
        func encode<Value: Encodable>(_ value: Value) throws -> Payload {
            let encoder = JSONEncoder()
            encoder.dateEncodingStrategy = .secondsSince1970
            encoder.outputFormatting = .sortedKeys
            return Payload(bytes: Array(try encoder.encode(value)))
        }

        func decode<Value: Decodable>(_ type: Value.Type, from payload: Payload) throws -> Value {
            let decoder = JSONDecoder()
            decoder.dateDecodingStrategy = .secondsSince1970
            return try decoder.decode(type, from: Data(payload.bytes))
        }
    }

    private struct Meeting: Codable, Equatable {
        var at: Date
        var topic: String
    }

    private static let plan = Orchestration<Meeting, Meeting>("Plan")
    private static let move = Activity<Meeting, Meeting>("Move")
    private static let postponed = ExternalEvent<Date>("Postponed")

    @Test("A host and a client with one codec read what the other wrote, in activities and events as well")
    func shared() async throws {
        let names = try TaskHubName("codec")
        let transport = InProcessTransport()
        try await transport.provision(TaskHubTopology.hub(names, partitions: 1))
        let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        let environment = HostEnvironment(
            transport: { _, _ in transport }, ownsTransport: false,
            store: { partition, configuration, _ in
                try InMemoryPartitionStore(
                    hub: configuration.hub, partition: partition, partitionCount: configuration.partitionCount)
            },
            runner: { LocalOrchestratorRunner(functions: $0, logger: $1) })
        let host = try TaskHubHost(
            HostConfiguration(hub: names.text, partitionCount: 1), environment: environment,
            functions: FunctionRegistry(codec: SecondsCodec()), logger: logger)
        host.register(Self.move) { meeting in Meeting(at: meeting.at + 3600, topic: meeting.topic) }
        host.register(Self.plan) { context, meeting in
            var meeting = try await context.call(Self.move, meeting)
            meeting.at = try await context.wait(for: Self.postponed)
            return meeting
        }
        let running = Task { try await host.run() }
        #expect(try await host.becomesReady())
        let client = try await TaskHubClient(
            hub: names.text, transport: transport, codec: SecondsCodec(), logger: logger)
        let meeting = Meeting(at: Date(timeIntervalSince1970: 1000.5), topic: "codecs")
        let instance = try await client.start(Self.plan, meeting, id: "m")
        try await client.raise(Self.postponed, Date(timeIntervalSince1970: 9000), to: "m")
        #expect(try await instance.result() == Meeting(at: Date(timeIntervalSince1970: 9000), topic: "codecs"))
        let status = try #require(try await client.status(of: "m", includeHistory: true))
        #expect(status.input?.json == #"{"at":1000.5,"topic":"codecs"}"#)
        #expect(status.output?.json == #"{"at":9000,"topic":"codecs"}"#)
        #expect(status.history?.contains { $0.json.contains(#""at":4600.5"#) } == true)
        await client.close()
        running.cancel()
        _ = await running.result
        await transport.shutdown()
    }
}
