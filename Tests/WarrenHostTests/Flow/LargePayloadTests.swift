import Foundation
import Testing
import Warren
import WarrenClient
import WarrenMessaging
import WarrenTestKit

/// Payloads in the hub's payload folder: whoever runs gets them whole, and everything between has references.
@Suite("Large payloads", .timeLimit(.minutes(5)))
struct LargePayloadTests {
    /// Above the bound of messages, 8 MiB.
    private static let large = Payload(json: "\"\(String(repeating: "x", count: 9 << 20))\"")
    private static let echo = Activity<Payload, Payload>("Echo")
    private static let pass = Orchestration<Payload, Payload>("Pass")
    private static let go = ExternalEvent<Payload>("Go")
    private static let relay = Orchestration<Payload, Payload>("Relay")
    private static let send = Orchestration<Payload, Int>("Send")
    private static let again = Orchestration<Payload, Payload>("Again")
    private static let remove = Activity<Int, Int>("Remove")
    private static let loses = Orchestration<Payload, String>("Loses")
    private static let fails = Orchestration<Payload, String>("Fails")

    private func withHub(
        replays: Bool = false, _ body: (TestHub, TaskHubClient, _ folder: String) async throws -> Void
    ) async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "warren-payloads-\(UUID())").path
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let options = TestHubOptions(replaysEveryEpisode: replays, payloadDirectory: folder)
        try await withTaskHub(options) { hub in
            hub.register(Self.echo) { $0 }
            hub.register(Self.pass) { _, payload in payload }
            hub.register(Self.relay) { context, input in
                let echoed = try await context.call(Self.echo, input)
                let passed = try await context.call(Self.pass, echoed, id: "\(context.instanceID)-child")
                let event = try await context.wait(for: Self.go)
                return echoed == input && passed == input && event == input ? passed : .null
            }
            hub.register(Self.send) { context, input in
                try context.send(Self.go, input, to: "receiver")
                return 1
            }
            hub.register(Self.again) { context, input in
                let event = try await context.wait(for: Self.go)
                if event == input { try context.continueAsNew(Payload(json: "1")) }
                return event
            }
            hub.register(Self.fails) { context, input in
                do {
                    return try await context.call(Self.echo, input).json
                } catch let failure as TaskFailure {
                    return "\(failure.details.type) \(failure.details.isNonRetriable)"
                }
            }
            hub.register(Self.remove) { _ in
                for file in self.payloads(in: folder) {
                    try FileManager.default.removeItem(atPath: folder + "/" + file)
                }
                return 1
            }
            hub.register(Self.loses) { context, input in
                _ = try await context.call(Self.remove, 1)
                return input == Self.large ? "kept" : "lost"
            }
            try await body(hub, try await hub.client, folder)
        }
    }

    private func run<Output: Sendable>(
        _ orchestration: Orchestration<Payload, Output>, _ input: Payload, in hub: TestHub
    ) async throws -> Output {
        let instance = try await hub.client.start(orchestration, input)
        return try await hub.result(of: instance)
    }

    private func payloads(in folder: String) -> [String] {
        (FileManager.default.enumerator(atPath: folder)?.allObjects as? [String] ?? [])
            .filter { $0.split(separator: "/").last?.count == 64 && $0.split(separator: "/").count == 4 }
    }

    @Test(
        "More than a message has goes through inputs, results, children, events and outputs",
        arguments: [false, true])
    func everywhere(replays: Bool) async throws {
        try await withHub(replays: replays) { hub, client, folder in
            let large = Self.large
            let instance = try await client.start(Self.relay, large, id: "relay")
            try await client.raise(Self.go, large, to: "relay")
            #expect(try await hub.result(of: instance) == large)
            let status = try #require(try await client.status(of: "relay", includeHistory: true))
            #expect(status.input == large && status.output == large)
            // The history has references alone.
            #expect(try #require(status.history).allSatisfy { $0.bytes.count < 1000 })
            #expect(try await client.status(of: "relay-child")?.output == large)
            // Each of the two has it once.
            #expect(payloads(in: folder).count == 2)
            try await client.purge("relay")
            await hub.rest()
            #expect(try await client.list().instances.isEmpty)
            #expect(payloads(in: folder).isEmpty)
        }
    }

    @Test("An event from another instance arrives whole; a purged sender leaves the receiver what it has")
    func betweenInstances() async throws {
        try await withHub { hub, client, folder in
            let receiver = try await client.start(Self.again, .null, id: "receiver")
            _ = try await hub.result(of: try await client.start(Self.send, Self.large, id: "sender"))
            try await client.purge("sender")
            #expect(try await hub.result(of: receiver) == Self.large)
            #expect(payloads(in: folder).count == 1)
        }
    }

    @Test("A restart under a new ID has the input, when the former instance is gone")
    func restarting() async throws {
        try await withHub { hub, client, folder in
            _ = try await hub.result(of: try await client.start(Self.pass, Self.large, id: "first"))
            _ = try await client.restart("first", as: "second")
            await hub.rest()
            try await client.purge("first")
            await hub.rest()
            #expect(try await client.status(of: "second")?.output == Self.large)
            #expect(payloads(in: folder).count == 1)
        }
    }

    @Test("Earlier generations' payloads are swept, and those that the history names are kept")
    func sweeping() async throws {
        try await withHub { hub, client, folder in
            let instance = try await client.start(Self.again, Self.large, id: "again")
            try await client.raise(Self.go, Self.large, to: "again")
            await hub.rest()
            let other = Payload(json: "\"\(String(repeating: "z", count: 9 << 20))\"")
            let open = try await client.start(Self.relay, other, id: "open")
            await hub.rest()
            #expect(payloads(in: folder).count == 3)
            try await hub.advance(by: .days(1))
            #expect(payloads(in: folder).count == 2)
            try await client.raise(Self.go, other, to: "open")
            #expect(try await hub.result(of: open) == other)
            try await client.raise(Self.go, .null, to: "again")
            #expect(try await hub.result(of: instance) == .null)
        }
    }

    @Test("A payload that is gone fails the call that needs it, and says so; the instance goes on")
    func missing() async throws {
        try await withHub { hub, _, _ in
            // The orchestrator has what it was given.
            let kept = try await run(Self.loses, Self.large, in: hub)
            #expect(kept == "kept")
            // What looks like a reference and leads to nothing is refused where it is needed.
            let madeUp = PayloadReference(of: [1]).payload
            let failure = try await run(Self.fails, madeUp, in: hub)
            #expect(failure == "PayloadMissing true")
        }
    }

    @Test("Small payloads, and hubs without a folder, know nothing of it")
    func small() async throws {
        try await withHub { hub, _, folder in
            let payload = Payload(json: "\"\(String(repeating: "x", count: 200 << 10))\"")
            let passed = try await run(Self.pass, payload, in: hub)
            #expect(passed == payload)
            #expect(payloads(in: folder).isEmpty)
        }
        try await withTaskHub { hub in
            hub.register(Self.pass) { _, payload in payload }
            let madeUp = PayloadReference(of: [1]).payload
            let passed = try await run(Self.pass, madeUp, in: hub)
            #expect(passed == madeUp)
        }
    }
}
