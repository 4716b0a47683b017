import AMQPMessages
import Foundation
import Logging
import TestSupport
import Testing
import Warren
import WarrenClient
import WarrenMessaging
import WarrenPartition
import WarrenStorage

@testable import WarrenHost

/// Messages that come before what they are for are kept in the file, and no more of them than a bound says.
@Suite("Held messages", .timeLimit(.minutes(5)))
struct HeldBoundTests {
    private static let sum = Orchestration<Int, Int>("Sum")
    private static let add = ExternalEvent<Int>("Add")

    private static func register(_ host: TaskHubHost) {
        host.register(sum) { context, count in
            var sum = 0
            for _ in 0..<count { sum += try await context.wait(for: add) }
            return sum
        }
    }

    private static func ids(_ count: Int, in partition: Int) -> [String] {
        Array(
            (0...).lazy.map { "instance-\($0)" }
                .filter { Partitioning.partition(of: $0, count: Cluster.partitions) == partition }.prefix(count))
    }

    private func raise(_ body: String, to id: String, in cluster: Cluster) {
        let event = OutboundMessage(
            exchange: cluster.names.eventExchange, routingKey: "\(id)/Add",
            properties: MessageProperties(contentType: "application/json"), body: Array(body.utf8))
        cluster.transport.publish([event]) { _ in }
    }

    @Test(
        "Beyond the number or the bytes that a partition keeps, messages are refused with the reason",
        arguments: [0, 1])
    func bound(kind: Int) async throws {
        try await Cluster.run { cluster in
            let host = try await cluster.start(
                configure: { configuration in
                    configuration.graces.earlyEvent = .seconds(3600)
                    if kind == 0 {
                        configuration.messages.maximumHeld = 50
                    } else {
                        configuration.messages.maximumHeldSize = 60_000
                    }
                }, register: Self.register)
            let ids = Self.ids(3, in: 0)
            let body = kind == 0 ? "1" : "[" + String(repeating: "1,", count: 500) + "1]"
            for _ in 0..<100 { raise(body, to: ids[0], in: cluster) }
            try await cluster.rest(host)
            let dead = try await cluster.deadLetters
            #expect(dead > 0 && dead < 100)
            if kind == 0 { #expect(dead == 50) }
            #expect(host.log.count(of: "too-many-held") == dead)
            // The other partition has room of its own, and so has this one when what it keeps is gone.
            raise("1", to: Self.ids(1, in: 1)[0], in: cluster)
            try await cluster.rest(host)
            #expect(try await cluster.deadLetters == dead)
            host.pass(.seconds(3601))
            try await cluster.rest(host)
            raise("4", to: ids[1], in: cluster)
            try await cluster.rest(host)
            #expect(try await cluster.client.start(Self.sum, 1, id: ids[1]).result() == 4)
            try await host.stop()
        }
    }

    @Test("An event for a start that is to come later is refused like any other, and its sender is told")
    func scheduled() async throws {
        try await Cluster.run { cluster in
            let host = try await cluster.start(configure: { $0.messages.maximumHeld = 2 }, register: Self.register)
            let id = Self.ids(1, in: 0)[0]
            _ = try await cluster.client.start(
                Self.sum, 2, id: id, startAt: Cluster.beginning.advanced(by: .seconds(1000)))
            try await cluster.client.raise(Self.add, 1, to: id)
            try await cluster.client.raise(Self.add, 2, to: id)
            let error = await #expect(throws: ClientError.self) { try await cluster.client.raise(Self.add, 4, to: id) }
            #expect(error?.message.contains("messages of") == true, "\(error.map { "\($0)" } ?? "")")
            try await cluster.rest(host)
            host.pass(.seconds(1000))
            #expect(try await cluster.client.instance(of: Self.sum, id: id).result() == 3)
            try await host.stop()
        }
    }

    @Test("Bodies are in the file once they are durable, and only their sizes in memory")
    func memory() throws {
        var held = HeldMessages()
        for id in Int64(1)...3 {
            held.insert(
                HeldMessage(
                    id: id, subject: "s", expiresAt: Cluster.beginning, message: .init(repeating: 1, count: 1000)))
        }
        #expect(held.bytesInMemory == 3000)
        #expect(held.bytes == 3000)
        held.stored([1, 2])
        #expect(held.bytesInMemory == 1000)
        #expect(held.bytes == 3000)
        #expect(held.messages(for: "s").map(\.id) == [1, 2, 3])
        for id in Int64(1)...3 { if let entry = held[id] { held.remove(entry) } }
        #expect(held.count == 0 && held.bytes == 0 && held.bytesInMemory == 0)
    }

    @Test("Thousands of large events are taken in, kept on the disk, and reach their instance when it starts")
    func large() async throws {
        try await Cluster.run { cluster in
            let count = 600
            let host = try await cluster.start(
                configure: { $0.messages.maximumHeldSize = 1 << 30 },
                register: { host in
                    host.register(Orchestration<Int, Int>("Lengths")) { context, count in
                        var sum = 0
                        for _ in 0..<count {
                            sum += try await context.wait(for: ExternalEvent<String>("Add")).utf8.count
                        }
                        return sum
                    }
                })
            let id = Self.ids(1, in: 0)[0]
            let text = String(repeating: "x", count: 20_000)
            for _ in 0..<count { raise("\"\(text)\"", to: id, in: cluster) }
            try await cluster.rest(host)
            // A new host reads what it has to know, and the bodies when they are wanted.
            try await host.stop()
            let next = try await cluster.start { host in
                host.register(Orchestration<Int, Int>("Lengths")) { context, count in
                    var sum = 0
                    for _ in 0..<count { sum += try await context.wait(for: ExternalEvent<String>("Add")).utf8.count }
                    return sum
                }
            }
            let instance = try await cluster.client.start(Orchestration<Int, Int>("Lengths"), count, id: id)
            #expect(try await instance.result() == count * 20_000)
            try await next.stop()
        }
    }
}
