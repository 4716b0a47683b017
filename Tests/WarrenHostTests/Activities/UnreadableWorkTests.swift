import AMQPMessages
import TestSupport
import Testing
import Warren
import WarrenClient
import WarrenMessaging

@testable import WarrenHost

/// Work items that a worker cannot run.
@Suite("Unreadable work items", .timeLimit(.minutes(5)))
struct UnreadableWorkTests {
    private static let length = Activity<String, Int>("Length")
    private static let anything = Activity<Payload, Int>("Anything")
    private static let sized = Orchestration<Int, String>("Sized")
    private static let nested = Orchestration<Int, String>("Nested")

    private static func orchestrates(_ host: TaskHubHost) {
        host.register(sized) { context, size in
            do {
                return "\(try await context.call(length, String(repeating: "x", count: size)))"
            } catch let failure as TaskFailure {
                return "\(failure.details.type) \(failure.details.isNonRetriable): \(failure.details.message)"
            }
        }
        host.register(nested) { context, depth in
            let text = String(repeating: "[", count: depth) + String(repeating: "]", count: depth)
            do {
                return "\(try await context.call(anything, Payload(json: text)))"
            } catch let failure as TaskFailure {
                return "\(failure.details.type) \(failure.details.isNonRetriable): \(failure.details.message)"
            }
        }
    }

    private static func works(_ host: TaskHubHost) {
        host.register(length) { $0.utf8.count }
        host.register(anything) { $0.bytes.count }
    }

    @Test("A worker takes inputs as large as a host of its hub sends: one MiB, several, and the last byte of eight")
    func large() async throws {
        try await Cluster.run { cluster in
            let host = try await cluster.start { host in
                Self.orchestrates(host)
                Self.works(host)
            }
            for size in [(1 << 20) - 2, 1 << 20, 3 << 20, (8 << 20) - 2] {
                #expect(try await cluster.client.start(Self.sized, size).result() == "\(size)")
            }
            #expect(try await cluster.deadLetters == 0)
            try await host.stop()
        }
    }

    @Test("Above its own bound a worker refuses with size and limit, once, and whoever called hears of it")
    func tooLarge() async throws {
        try await Cluster.run { cluster in
            let host = try await cluster.start([.orchestrator], register: Self.orchestrates)
            let worker = try await cluster.start([.activity]) { configuration in
                configuration.messages.maximumSize = 64 << 10
            } register: { host in
                Self.works(host)
            }
            #expect(try await cluster.client.start(Self.sized, (64 << 10) - 2).result() == "\((64 << 10) - 2)")
            let told = try await cluster.client.start(Self.sized, 2 << 20).result()
            #expect(
                told.hasPrefix(
                    "PayloadTooLarge true: The input of activity 'Length' has \((2 << 20) + 2) bytes; at most "
                        + "\(64 << 10) are taken."), "\(told)")
            try await cluster.rest(host, worker)
            #expect(try await cluster.deadLetters == 1)
            try await worker.stop()
            try await host.stop()
        }
    }

    @Test(
        "An item that says whom to answer is answered, not to be tried again; one that does not is a dead letter alone")
    func answered() async throws {
        try await Cluster.run { cluster in
            let host = try await cluster.start { host in
                Self.orchestrates(host)
                Self.works(host)
            }
            // Deeper than a worker reads.
            let told = try await cluster.client.start(Self.nested, 70).result()
            #expect(told.hasPrefix("UnreadableWorkItem true: A worker refused the work item"), "\(told)")
            try await cluster.rest(host)
            #expect(try await cluster.deadLetters == 1)

            let nameless = OutboundMessage(
                exchange: cluster.names.activityExchange, routingKey: "Length", properties: MessageProperties(),
                body: Array("1".utf8))
            #expect(try await cluster.transport.outcome(of: nameless) == .confirmed)
            #expect(try await cluster.deadLetters == 2)
            try await host.stop()
        }
    }
}
