import TestSupport
import Testing
import Warren
import WarrenClient
import WarrenTestKit

@testable import WarrenHost

/// What instances wait for, as statuses and listings say: of instances in memory and after a restart of the host, which
/// has none in memory.
@Suite("What instances wait for", .timeLimit(.minutes(3)))
struct WaitingTests {
    private static let approval = ExternalEvent<Int>("Approval")
    private static let pay = Activity<Int, Int>("Pay")
    private static let ship = Orchestration<Int, Int>("Ship")
    private static let waits = Orchestration<Int, Int>("Waits")

    /// Waits for what its input says.
    private static func register(_ host: some FunctionRegistrar) {
        host.register(ship) { context, _ in try await context.wait(for: ExternalEvent<Int>("Parcel")) }
        host.register(waits) { context, what in
            try context.setCustomStatus("hides nothing")
            switch what {
            case 0: return try await context.wait(for: approval)
            case 1: return try await context.call(pay, 1)
            case 2: return try await context.call(ship, 1)
            case 3:
                try await context.sleep(for: .hours(3))
                return 0
            case 4: return try await context.wait(for: approval, timeout: .hours(5)) ?? 0
            case 5:
                let handles = (0..<25).map { context.startWaiting(for: ExternalEvent<Int>("Part\($0 % 2)")) }
                return try await context.all(handles).reduce(0, +)
            default:
                // Two waits, one after the other, then the next generation.
                _ = try await context.wait(for: ExternalEvent<Int>("First \"é\" 🦊"))
                _ = try await context.wait(for: approval)
                try context.continueAsNew(6)
            }
        }
    }

    private func texts(_ status: OrchestrationStatus?) -> [String] {
        status?.waits.map { "\($0.kind.rawValue) \($0.name ?? "-")" } ?? ["no instance"]
    }

    @Test("Everything that an instance waits for has a name and a time, in memory and after a restart")
    func everything() async throws {
        try await Cluster.run { cluster in
            let client = cluster.client
            var host = try await cluster.start(register: Self.register)
            for what in 0..<6 { _ = try await client.start(Self.waits, what, id: "w\(what)", awaitingEnd: false) }
            try await cluster.rest(host)
            for isCold in [false, true] {
                if isCold {
                    try await host.stop()
                    host = try await cluster.start(register: Self.register)
                }
                var found: [String: [String]] = [:]
                for listed in try await client.list(InstanceQuery(name: "Waits")).instances {
                    let status = try #require(try await client.status(of: listed.instanceID))
                    #expect(status.waits == listed.waits && status.openTasks == listed.openTasks)
                    #expect(status.customStatus == listed.customStatus && status.customStatus != nil)
                    #expect(status.waits.allSatisfy { $0.since == Cluster.beginning }, "\(status.waits)")
                    found[listed.instanceID] = texts(status)
                }
                #expect(
                    found == [
                        "w0": ["event Approval"], "w1": ["activity Pay"], "w2": ["child Ship"], "w3": ["timer -"],
                        "w4": ["timer -", "event Approval"],
                        "w5": Array(repeating: "event Part0", count: 13) + Array(repeating: "event Part1", count: 7),
                    ], "cold: \(isCold)")
                #expect(try await client.status(of: "w5")?.furtherWaits == 5)
                let child = try #require(try await client.status(of: "w2")?.waits.first?.instanceID)
                let status = try #require(try await client.status(of: child))
                #expect(texts(status) == ["event Parcel"] && status.parentID == "w2")
            }
            try await host.stop()
        }
    }

    @Test("A wait ends with its event, with its time limit, with the generation and with the instance")
    func ends() async throws {
        try await Cluster.run { cluster in
            let client = cluster.client
            var host = try await cluster.start(register: Self.register)
            for what in [0, 4, 6] { _ = try await client.start(Self.waits, what, id: "w\(what)", awaitingEnd: false) }
            // It arrives before it is waited for, and is kept.
            try await client.raise(Self.approval, 7, to: "w6")
            try await cluster.rest(host)
            #expect(texts(try await client.status(of: "w6")) == ["event First \"é\" 🦊"])
            try await client.raise(ExternalEvent<Int>("first \"É\" 🦊"), 1, to: "w6")
            try await cluster.rest(host)
            // The kept event ended the second wait at once, and the next generation has begun.
            let next = try #require(try await client.status(of: "w6"))
            #expect(texts(next) == ["event First \"é\" 🦊"])
            try await host.stop()

            host = try await cluster.start(register: Self.register)
            #expect(texts(try await client.status(of: "w6")) == ["event First \"é\" 🦊"])
            try await client.raise(ExternalEvent<Int>("First \"é\" 🦊"), 1, to: "w6")
            try await cluster.rest(host)
            #expect(texts(try await client.status(of: "w6")) == ["event Approval"])
            host.pass(.seconds(5 * 3600))
            try await client.terminate("w0")
            try await cluster.rest(host)
            for id in ["w0", "w4"] {
                let ended = try #require(try await client.status(of: id))
                #expect(ended.runtimeStatus.isTerminal && ended.waits.isEmpty && ended.openTasks.isEmpty)
            }
            #expect(
                try await client.list(InstanceQuery(waitsFor: .event("Approval"))).instances.map(\.instanceID) == ["w6"]
            )
            try await host.stop()
        }
    }

    @Test("A listing finds those that wait for something over all partitions and pages, the longest waiting first")
    func filters() async throws {
        try await Cluster.run { cluster in
            let client = cluster.client
            var host = try await cluster.start(register: Self.register)
            // Each moves a second after the one before it, but for the last, which moves again at the end.
            for number in 0..<24 {
                _ = try await client.start(Self.waits, number % 5, id: "w\(number)", awaitingEnd: false)
                try await cluster.rest(host)
                host.pass(.seconds(1))
            }
            try await client.raise(ExternalEvent<Int>("Noise"), 1, to: "w0")
            try await cluster.rest(host)
            try await host.stop()
            host = try await cluster.start(register: Self.register)

            func ids(_ query: InstanceQuery) async throws -> [String] {
                var query = query
                query.limit = 2
                var ids: [String] = []
                repeat {
                    let page = try await client.list(query)
                    ids += page.instances.map(\.instanceID)
                    query.after = page.next
                } while query.after != nil
                return ids
            }
            let approvals = ["w4", "w5", "w9", "w10", "w14", "w15", "w19", "w20", "w0"]
            #expect(try await ids(InstanceQuery(waitsFor: .event("approval"))) == approvals)
            #expect(try await ids(InstanceQuery(waitsFor: WaitCondition("Approval"))) == approvals)
            #expect(try await ids(InstanceQuery(waitsFor: .activity("Pay"))) == ["w1", "w6", "w11", "w16", "w21"])
            #expect(
                try await ids(InstanceQuery(waitsFor: .child("Ship"), order: .newest)) == [
                    "w22", "w17", "w12", "w7", "w2",
                ])
            #expect(
                try await ids(InstanceQuery(name: "Waits", waitsFor: WaitCondition(kind: .timer))).count == 9)
            #expect(try await ids(InstanceQuery(waitsFor: .activity("pay"))) == [])
            let cut = Cluster.beginning.advanced(by: .seconds(10))
            #expect(
                try await ids(InstanceQuery(updatedTo: cut, waitsFor: .event("Approval"))) == ["w4", "w5", "w9", "w10"])
            let waiting = try await ids(InstanceQuery(name: "Waits", order: .longestWaiting))
            #expect(waiting == (1..<24).map { "w\($0)" } + ["w0"])
            #expect(
                try await ids(InstanceQuery(name: "Waits", updatedFrom: cut, order: .longestWaiting)).first == "w10")
            let error = await #expect(throws: ClientError.self) {
                try await client.purge(matching: InstanceQuery(waitsFor: .event("Approval")))
            }
            #expect(error?.code == .invalidArgument)
            try await host.stop()
        }
    }
}
