import AMQPMessages
import TestSupport
import Testing
import Warren
import WarrenClient
import WarrenMessaging
import WarrenTestKit

@testable import WarrenHost

/// Durations of any size in everything that takes one outside of orchestrators; `LongTimeTests` has those inside.
@Suite("Durations without end", .timeLimit(.minutes(5)))
struct LongDurationTests {
    private static let absurd: [Duration] = [
        .seconds(Int64.max), .seconds(Int64.max) * 9, .seconds(Int64.min), .seconds(Int64.min) * 9, .days(Int.max),
        .seconds(-1), .nanoseconds(-1), .milliseconds(Int64.max), .microseconds(Int64.min),
    ]

    private static var settings: [(name: String, path: WritableKeyPath<HostConfiguration, Duration>)] {
        [
            ("graces.stop", \.graces.stop), ("graces.unknownOrchestration", \.graces.unknownOrchestration),
            ("graces.earlyEvent", \.graces.earlyEvent), ("graces.unknownActivity", \.graces.unknownActivity),
            ("leases.after", \.leases.after), ("leases.duration", \.leases.duration),
            ("messages.duplicateMemory", \.messages.duplicateMemory),
        ]
    }

    @Test("A host refuses each setting that is too long or negative, and names it")
    func host() throws {
        for duration in Self.absurd {
            for setting in Self.settings {
                var configuration = HostConfiguration()
                configuration[keyPath: setting.path] = duration
                let error = #expect(throws: HostError.self) { try TaskHubHost(configuration) }
                #expect(error?.code == .configuration)
                #expect(error?.message.hasPrefix("\(setting.name): ") == true, "\(String(describing: error))")
            }
        }
    }

    @Test("A client's waits that are negative are over at once; those without end last until they are cancelled")
    func client() async throws {
        // No host: nothing is answered.
        let transport = InProcessTransport()
        try await transport.provision(TaskHubTopology.hub(try TaskHubName("long"), partitions: 1))
        for duration in Self.absurd {
            let client = try await TaskHubClient(
                hub: "long", transport: transport, timeout: duration, holdLimit: duration)
            let calls: [@Sendable () async throws -> Void] = [
                { _ = try await client.start(named: "A", id: "a") },
                { try await client.raise(named: "Go", to: "a") },
                { try await client.terminate("a") },
                { _ = try await client.list(timeout: duration) },
                { _ = try await client.status(of: "a", timeout: duration) },
                { _ = try await client.wait(for: "a", timeout: duration) },
                { _ = try await client.output(of: "a", timeout: duration) },
                { _ = try await client.orchestrations(timeout: duration) },
                { _ = try await client.purge(matching: InstanceQuery()) },
            ]
            for call in calls {
                let asking = Task { try await call() }
                if duration > .zero { asking.cancel() }
                let result = try await untilDone("a wait to end") { await asking.result }
                #expect(throws: (any Error).self) { try result.get() }
            }
            await client.close()
        }
        await transport.shutdown()
    }

    @Test("Hold limits and leases of any length fit into a header")
    func wire() throws {
        let hub = try TaskHubName("long")
        for duration in Self.absurd {
            let request = RequestEncoder(hub: hub, replyQueue: "reply.long", holdLimit: duration).start(
                StartCommand(name: "A", instanceID: "a"), reply: .accepted, ids: .random())
            let hold = try #require(request.properties.headers[WireHeader.hold]?.integer)
            #expect(duration > .zero ? hold > 0 : hold == 0)
            let beat = WorkResultCodec(hub: hub).encode(
                .heartbeat(lease: duration), replyTo: "q", correlationID: "c", attempt: 1)
            let lease = try #require(beat.properties.headers[WireHeader.lease]?.integer)
            #expect(duration > .zero ? lease > 0 : lease == 0)
        }
        #expect(Duration.milliseconds(1500).wholeMilliseconds == 1500)
        #expect(Duration.microseconds(-1500).wholeMilliseconds == -1)
        #expect(Duration.milliseconds(Int64.max).wholeMilliseconds == .max)
        #expect((Duration.milliseconds(Int64.max) - .microseconds(1)).wholeMilliseconds == .max - 1)
    }

    @Test("A test's clock moves by any length, and not back")
    func virtualClock() async throws {
        for duration in Self.absurd {
            try await withTaskHub { hub in
                let before = hub.now
                try await hub.advance(by: duration)
                #expect(hub.now >= before)
            }
        }
    }
}
