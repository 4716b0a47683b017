import Foundation
import Testing
import Warren
import WarrenClient
import WarrenTestKit

/// Purging through client, intake, partitions and outbox, in virtual time.
@Suite("Purging ended instances", .timeLimit(.minutes(5)))
struct PurgeTests {
    private static let echo = Orchestration<String, String>("Echo")
    private static let waiting = Orchestration<Void, Bool>("Waiting")
    private static let go = ExternalEvent<Bool>("Go")
    private static let parent = Orchestration<[String], Int>("Parent")
    private static let child = Orchestration<String, Int>("Child")
    private static let failing = Orchestration<Void, Void>("Failing")

    private struct NoLuck: Error {}

    private func hub(_ body: (TestHub) async throws -> Void) async throws {
        for replays in [false, true] {
            try await withTaskHub(TestHubOptions(partitionCount: 4, replaysEveryEpisode: replays)) { hub in
                hub.register(Self.echo) { _, text in text }
                hub.register(Self.waiting) { context in try await context.wait(for: Self.go) }
                hub.register(Self.failing) { _ in throw NoLuck() }
                // A child is named after what its parent gives it, and has a child of its own.
                hub.register(Self.child) { context, id in
                    _ = try await context.call(Self.echo, id, id: "grand\(id)")
                    return 1
                }
                hub.register(Self.parent) { context, ids in
                    let children = ids.map { context.start(Self.child, $0, id: $0) }
                    return try await context.all(children).reduce(0, +)
                }
                try await body(hub)
            }
        }
    }

    @Test("An ended instance is gone with its history; its ID can be used again")
    func one() async throws {
        try await hub { hub in
            let client = try await hub.client
            let first = try await client.start(Self.echo, "one", id: "e")
            _ = try await hub.result(of: first)
            try await client.purge("e")
            #expect(try await client.status(of: "e", includeHistory: true) == nil)
            #expect(try await client.list().instances.isEmpty)
            let again = try await client.start(Self.echo, "two", id: "e")
            #expect(try await hub.result(of: again) == "two")
            let status = try #require(try await again.status(includeHistory: true))
            #expect(status.history?.count == 3)
        }
    }

    @Test("Purge and start race for one ID, and each takes effect once in its order")
    func purgeAndStart() async throws {
        try await hub { hub in
            let client = try await hub.client
            _ = try await hub.result(of: try await client.start(Self.echo, "0", id: "e"))
            for round in 1...20 {
                // Published one after the other without waiting, so that they share a round and a commit.
                try await client.purge("e", until: .confirmed)
                let next = try await client.start(Self.echo, "\(round)", id: "e", until: .confirmed)
                #expect(try await hub.result(of: next) == "\(round)")
            }
        }
    }

    @Test("What has not ended is refused with a code of its own, and goes on")
    func running() async throws {
        try await hub { hub in
            let client = try await hub.client
            let instance = try await client.start(Self.waiting, (), id: "w")
            let later = try await client.start(
                Self.waiting, (), id: "later", startAt: Timestamp(hub.now.addingTimeInterval(3600)))
            for id in ["w", "later"] {
                let error = await #expect(throws: ClientError.self) { try await client.purge(id) }
                #expect(error?.code == .instanceNotFinished)
                #expect(error?.reason == "instance-not-finished")
            }
            let missing = await #expect(throws: ClientError.self) { try await client.purge("nobody") }
            #expect(missing?.code == .instanceNotFound)
            try await client.suspend("w")
            await hub.rest()
            let suspended = await #expect(throws: ClientError.self) { try await client.purge("w") }
            #expect(suspended?.code == .instanceNotFinished)
            try await client.resume("w")
            try await client.raise(Self.go, true, to: "w")
            #expect(try await hub.result(of: instance))
            try await client.purge("w")
            #expect(try await client.list().instances.map(\.instanceID) == [later.id])
        }
    }

    @Test("Children go with their parent, theirs with them, and nobody else's")
    func children() async throws {
        try await hub { hub in
            let client = try await hub.client
            _ = try await hub.result(of: try await client.start(Self.echo, "bystander", id: "bystander"))
            let first = try await client.start(Self.parent, ["a", "b", "c"], id: "first")
            #expect(try await hub.result(of: first) == 3)
            // "b" belongs to another parent by now: its ID is free once the first one is purged.
            try await client.purge("b")
            await hub.rest()
            let second = try await client.start(Self.parent, ["b"], id: "second")
            #expect(try await hub.result(of: second) == 1)
            try await client.purge("first")
            await hub.rest()
            let left = try await client.list().instances.map(\.instanceID).sorted()
            #expect(left == ["b", "bystander", "grandb", "second"])
            try await client.purge("second")
            await hub.rest()
            #expect(try await client.list().instances.map(\.instanceID) == ["bystander"])
        }
    }

    @Test("A purge by conditions takes all that ended and met them, in pages, over all partitions")
    func many() async throws {
        try await hub { hub in
            let client = try await hub.client
            for number in 1...30 {
                _ = try await client.start(Self.echo, "x", id: "old-\(number)", tags: ["of": "old"])
            }
            _ = try await client.start(Self.failing, (), id: "failed")
            _ = try await client.start(Self.waiting, (), id: "waits", tags: ["of": "old"])
            try await hub.advance(by: .hours(1))
            let hourAgo = Timestamp(hub.now.addingTimeInterval(-1800))
            for number in 1...5 { _ = try await client.start(Self.echo, "x", id: "new-\(number)") }
            await hub.rest()

            let refused = await #expect(throws: ClientError.self) {
                try await client.purge(matching: InstanceQuery(statuses: [.completed, .running]))
            }
            #expect(refused?.code == .invalidArgument)
            #expect(try await client.purge(matching: InstanceQuery(statuses: [.failed], createdFrom: hourAgo)) == 0)
            #expect(
                try await client.purge(
                    matching: InstanceQuery(statuses: [.completed], createdTo: hourAgo, idPrefix: "old-1", limit: 2))
                    == 11)
            #expect(
                try await client.purge(matching: InstanceQuery(tag: .init(key: "of", value: "old"), limit: 3)) == 19)
            #expect(try await client.purge(matching: InstanceQuery(createdTo: hourAgo)) == 1)
            #expect(try await client.purge(matching: InstanceQuery(name: "Echo")) == 5)
            #expect(try await client.purge(matching: InstanceQuery()) == 0)
            #expect(try await client.list().instances.map(\.instanceID) == ["waits"])
        }
    }
}
