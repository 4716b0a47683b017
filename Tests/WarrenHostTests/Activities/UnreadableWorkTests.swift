import AMQP
import TestSupport
import Testing
import Warren
import WarrenClient
import WarrenMessaging

@testable import WarrenHost

/// Work items that a worker cannot run.
@Suite("Unreadable work items", .timeLimit(.minutes(5)))
struct UnreadableWorkTests {
    private static let work = Activity<String, String>("Work")
    private static let single = Orchestration<Int, String>("Single")

    @Test(
        "An item that says whom to answer is answered, not to be tried again; one that does not is a dead letter alone")
    func answered() async throws {
        try await Cluster.run { cluster in
            let host = try await cluster.start { host in
                host.register(Self.work) { text in text }
                host.register(Self.single) { context, size in
                    do {
                        return try await context.call(Self.work, String(repeating: "x", count: size))
                    } catch let failure as TaskFailure {
                        #expect(failure.details.isNonRetriable)
                        #expect(failure.details.message.contains("too-large"), "\(failure.details.message)")
                        return failure.details.type
                    }
                }
            }
            // More than a worker takes.
            let instance = try await cluster.client.start(Self.single, 1 << 20)
            #expect(try await instance.result() == "UnreadableWorkItem")
            try await cluster.rest(host)
            #expect(try await cluster.deadLetters == 1)

            let nameless = OutboundMessage(
                exchange: cluster.names.activityExchange, routingKey: "Work", properties: MessageProperties(),
                body: Array("1".utf8))
            #expect(try await cluster.transport.outcome(of: nameless) == .confirmed)
            #expect(try await cluster.deadLetters == 2)
            try await host.stop()
        }
    }
}
