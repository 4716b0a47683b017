import AMQPMessages
import Foundation
import Synchronization
import TestSupport
import Testing
import Warren
import WarrenClient
import WarrenMessaging
import WarrenStorage

@testable import WarrenHost

/// Hosts that are killed at the worst moment, chosen by the test, and what the next one makes of it.
@Suite(
    "Broker: hosts killed between two effects", .serialized, .timeLimit(.minutes(5)),
    .enabled(if: TestBroker.isAvailable, TestBroker.remedy))
struct KilledHostTests {
    /// Ends the process at once, as the kernel does for a lack of memory.
    private static func die() { kill(getpid(), SIGKILL) }

    // MARK: - Permits

    private static let work = Activity<Int, Int>("KilledLimited")

    private static func register(calls host: TaskHubHost, result: @escaping @Sendable (Int) -> Void = { _ in }) {
        host.limit(work, to: ActivityLimits(concurrency: 2))
        host.register(Orchestration<Int, Int>("KilledCalls")) { context, count in
            var sum = 0
            for task in (0..<count).map({ context.start(work, $0) }) {
                sum += try await task.value
                if !context.isReplaying { result(sum) }
            }
            return sum
        }
    }

    /// Counts calls, not runs: an item whose confirmation was not recorded is sent again, and the same call then runs
    /// twice under one idempotency key.
    @Test("The owner of an activity's permits dies: never more calls than the limit run, and every one completes")
    func permits() async throws {
        try await KilledHub.run(activities: ["KilledLimited"]) { hub in
            let began = Happenings<Int>()
            let running = Mutex((now: [Int: Int](), most: 0))
            let gate = Gate()
            var worker = hub.place.configuration()
            worker.roles = [.activity]
            worker.storage.directory = nil
            try await hub.hosting(worker) { host in
                host.register(Self.work) { number in
                    running.withLock {
                        $0.now[number, default: 0] += 1
                        $0.most = max($0.most, $0.now.count)
                    }
                    began.add(number)
                    if number > 2 { await gate.pass() }
                    running.withLock {
                        let others = ($0.now[number] ?? 0) - 1
                        $0.now[number] = others > 0 ? others : nil
                    }
                    return number
                }
            } _: {
                let instance = try await hub.client.start(
                    Orchestration<Int, Int>("KilledCalls"), 12, until: .confirmed)
                // It has given out four permits, and taken two results, when it dies over the third.
                let place = hub.place
                await #expect(processExitsWith: .signal(SIGKILL)) { [place = place as KilledHub.Place] in
                    let host = try TaskHubHost(place.configuration(), logger: KilledHub.quiet)
                    Self.register(calls: host) { if $0 == 0 + 1 + 2 { Self.die() } }
                    try await host.run()
                }
                _ = try await began.wait(for: 4)
                #expect(Set(began.all) == [0, 1, 2, 3])
                try await hub.hosting(place.configuration()) {
                    Self.register(calls: $0)
                } _: {
                    // Two run, and the result that was not taken is not an end of a third one.
                    try await began.wait(until: { $0.contains(4) })
                    let shown = try #require(try await hub.client.limits().first)
                    #expect(shown.running == 2 && shown.waiting == 7)
                    gate.open()
                    #expect(try await instance.result() == (0..<12).reduce(0, +))
                    #expect(running.withLock(\.most) == 2)
                    #expect(Set(began.all) == Set(0..<12))
                }
            }
        }
    }

    // MARK: - Retention

    private static let quick = Orchestration<Int, Int>("KilledQuick")
    private static let ahead = Duration.seconds(3600)

    private static func retaining(_ place: KilledHub.Place) -> HostConfiguration {
        var configuration = place.configuration()
        configuration.retention.completed = .seconds(60)
        configuration.retention.rate = 20
        configuration.retention.exportDirectory = "\(place.folder)/ended"
        return configuration
    }

    /// The executions in the export, each as often as it has a whole line.
    private func exported(_ place: KilledHub.Place) throws -> [String] {
        let folder = "\(place.folder)/ended"
        return try FileManager.default.contentsOfDirectory(atPath: folder).flatMap { name in
            let text = try String(contentsOfFile: "\(folder)/\(name)", encoding: .utf8)
            let lines = text.split(separator: "\n", omittingEmptySubsequences: false).dropLast()
            return lines.compactMap { ExportLine.executionID(in: Array($0.utf8)) }
        }
    }

    private func executions(_ hub: KilledHub, _ statuses: [RuntimeStatus] = []) async throws -> [String] {
        var found: [String] = []
        for try await instance in hub.client.instances(matching: InstanceQuery(statuses: statuses)) {
            found.append(instance.executionID)
        }
        return found
    }

    @Test("A host dies between the export of instances and their removal: none is gone before it is in the export")
    func retention() async throws {
        try await KilledHub.run { hub in
            let place = hub.place
            let register: @Sendable (TaskHubHost) -> Void = { $0.register(Self.quick) { _, number in number } }
            var all: [String] = []
            try await hub.hosting(place.configuration(), register: register) {
                for number in 0..<100 { _ = try await hub.client.start(Self.quick, number, until: .confirmed) }
                try await untilSeen("all to have ended") {
                    try await executions(hub, [.completed]).count == 100
                }
                all = try await executions(hub)
            }
            // It dies when it is about to remove its first and its third piece, which are in the export.
            for pieces in [1, 3] {
                await #expect(processExitsWith: .signal(SIGKILL)) {
                    [place = place as KilledHub.Place, pieces = pieces as Int] in
                    var environment = HostEnvironment.production(for: Self.retaining(place))
                    environment.clock = ShiftedClock(ahead: Self.ahead)
                    let left = Mutex(pieces)
                    let open = environment.store
                    environment.store = { partition, configuration, logger in
                        RefusingStore(try open(partition, configuration, logger)) { commit in
                            if !commit.purgedInstances.isEmpty,
                                left.withLock({
                                    $0 -= 1; return $0 == 0
                                })
                            {
                                Self.die()
                            }
                            return false
                        }
                    }
                    let host = try TaskHubHost(Self.retaining(place), environment: environment, logger: KilledHub.quiet)
                    host.register(Self.quick) { _, number in number }
                    try await host.run()
                }
                try await hub.hosting(place.configuration(), register: register) {
                    let (kept, lines) = (try await executions(hub), try exported(place))
                    #expect(Set(kept).union(lines) == Set(all))
                    // It was about to remove the instances that are in both.
                    #expect(!Set(kept).intersection(lines).isEmpty)
                }
            }
            try await hub.hosting(Self.retaining(place), ahead: Self.ahead, register: register) {
                try await untilSeen("all to be removed") { try await executions(hub).isEmpty }
            }
            // Each stands there once, although some were found there by the next host.
            #expect(try exported(place).sorted() == all.sorted())
        }
    }

    // MARK: - Updates

    private static func register(cart host: TaskHubHost, taken: @escaping @Sendable () -> Void = {}) {
        host.register(Orchestration<Int, [String]>("KilledCart")) { context, count in
            var items: [String] = []
            context.accept(Update<String, Int>("add")) { item in
                items.append(item)
                if !context.isReplaying { taken() }
                return items.count
            }
            try await context.wait { items.count >= count }
            return items
        }
    }

    @Test(
        "A host dies before or after the commit of an update that it has accepted: the next one answers it, and it takes effect once",
        arguments: [false, true])
    func update(isCommitted: Bool) async throws {
        try await KilledHub.run { hub in
            let cart = try await hub.client.start(
                Orchestration<Int, [String]>("KilledCart"), 2, id: "cart", until: .confirmed)
            let queue = "reply.\(hub.place.hub).test"
            let replies = try await hub.transport.consumeReplies(queue)
            var batches = replies.batches.makeAsyncIterator()
            var rest: [InboundMessage] = []
            func next() async throws -> InboundMessage {
                while rest.isEmpty { rest = try #require(try await batches.next(isolation: nil)) }
                return rest.removeFirst()
            }
            let requests = RequestEncoder(hub: hub.names, replyQueue: queue, holdLimit: nil)
            func add(_ item: String) async throws {
                let command = UpdateCommand(instanceID: "cart", name: "add", input: Payload(json: "\"\(item)\""))
                let message = requests.update(command, ids: RequestIDs(messageID: item, correlationID: item))
                #expect(try await hub.transport.outcome(of: message) == .confirmed)
            }
            try await add("tea")
            let place = hub.place
            await #expect(processExitsWith: .signal(SIGKILL)) {
                [place = place as KilledHub.Place, isCommitted = isCommitted as Bool] in
                let isTaken = Atomic(false)
                var environment = HostEnvironment.production(for: place.configuration())
                let open = environment.store
                environment.store = { partition, configuration, logger in
                    DyingStore(try open(partition, configuration, logger)) { isDurable in
                        if isTaken.load(ordering: .acquiring), isDurable == isCommitted { Self.die() }
                    }
                }
                let host = try TaskHubHost(
                    place.configuration(), environment: environment, logger: KilledHub.quiet)
                Self.register(cart: host) { isTaken.store(true, ordering: .releasing) }
                try await host.run()
            }
            try await hub.hosting(place.configuration()) {
                Self.register(cart: $0)
            } _: {
                let answer = try await next()
                #expect(answer.properties.correlationID == "tea" && answer.body == Array("1".utf8))
                try await add("milk")
                // The message of an update that was committed was not acknowledged, and comes again. It is answered
                // from the record, as nobody knows whether its sender has heard the first answer.
                var other = try await next()
                if isCommitted, other.properties.correlationID == "tea" {
                    #expect(other.body == answer.body)
                    other = try await next()
                }
                #expect(other.properties.correlationID == "milk" && other.body == Array("2".utf8))
                #expect(try await cart.result() == ["tea", "milk"])
            }
            await replies.close()
        }
    }

    // MARK: - Large payloads

    private static let large = Orchestration<Payload, Payload>("KilledLarge")
    private static let go = ExternalEvent<Payload>("Go")

    private static func register(large host: TaskHubHost, raised: @escaping @Sendable () -> Void = {}) {
        host.register(large) { context, input in
            let event = try await context.wait(for: go)
            if !context.isReplaying { raised() }
            return event == input ? event : .null
        }
    }

    private static func sharing(_ place: KilledHub.Place, _ directory: String) -> HostConfiguration {
        var configuration = place.configuration(directory)
        configuration.payloads.directory = "\(place.folder)/payloads"
        return configuration
    }

    @Test("A host with an empty disk takes over a journal that names large payloads, and has them from the folder")
    func takeover() async throws {
        try await KilledHub.run(isJournalled: true, payloads: true) { hub in
            let place = hub.place
            let value = Payload(json: "\"\(String(repeating: "x", count: 9 << 20))\"")
            let instance = try await hub.client.start(Self.large, value, id: "large", until: .confirmed)
            try await hub.client.raise(Self.go, value, to: "large", until: .confirmed)
            await #expect(processExitsWith: .signal(SIGKILL)) { [place = place as KilledHub.Place] in
                let host = try TaskHubHost(Self.sharing(place, "first"), logger: KilledHub.quiet)
                Self.register(large: host) { Self.die() }
                try await host.run()
            }
            try FileManager.default.removeItem(atPath: "\(place.folder)/first")
            try await hub.hosting(Self.sharing(place, "second")) {
                Self.register(large: $0)
            } _: {
                let result = try await instance.result()
                #expect(result == value)
            }
        }
    }
}

/// A store that tells of each commit before it is handed over, and when it is durable, before its effects are released.
private final class DyingStore: ForwardingStore {
    let store: any PartitionStore
    private let told: @Sendable (_ isDurable: Bool) -> Void

    init(_ store: any PartitionStore, told: @escaping @Sendable (_ isDurable: Bool) -> Void) {
        self.store = store
        self.told = told
    }

    func commit(_ commit: PartitionCommit, completion: @escaping @Sendable (Result<Void, StorageError>) -> Void) {
        told(false)
        store.commit(commit) { [told] result in
            told(true)
            completion(result)
        }
    }
}
