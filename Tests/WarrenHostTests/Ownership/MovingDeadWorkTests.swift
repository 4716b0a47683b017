import AMQPMessages
import TestSupport
import Testing
import Warren
import WarrenMessaging
import WarrenPartition

@testable import WarrenHost

@Suite("Dead work of partitions that come and go", .timeLimit(.minutes(1)))
struct MovingDeadWorkTests {
    @Test("It goes to the partition if that is here, and else, or if it leaves before, into its queue")
    func deadWork() async throws {
        let names = try TaskHubName("h")
        let keys = PartitionKeys(partitionCount: 2)
        let configuration = HostConfiguration(hub: "h", partitionCount: 2)
        let wire = PartitionWire(names: names, configuration: configuration, keys: keys)
        let (transport, clock, logger) = (SafeTransport(), SystemHostClock(), LogLines().logger)
        let publisher = ReliablePublisher(transport: transport, clock: clock, logger: logger)
        let owned = OwnedPartitions()
        let share = IntakeShare()
        let reader = DeadWorkReader(
            names: names, owned: owned, shares: [1: share], limit: 10, wire: wire, publisher: publisher, clock: clock,
            logger: logger)
        let intake = PartitionIntake(
            partition: 1, mailbox: nil, tenure: .changing, limit: 10, isDetoured: true,
            wire: DetourWire(names: names, wire: wire), publisher: publisher, remember: { _ in }, logger: logger)
        let presence = PartitionPresence(
            partition: 1, names: names, owned: owned, router: LocalRouter(decode: wire.decode), intake: intake,
            deadWork: reader)
        let subscription = GivenSubscription()
        let reading = Task { try await reader.run(subscription, stop: StopFlag()) }
        func bring(_ task: Int) {
            let token = TaskToken(partition: 1, instanceID: "i", executionID: "x", taskID: task)
            let answer = wire.encode(.workResult(WorkResult(token: token, outcome: .released)), partition: 1)
            var item = OutboundMessage(exchange: names.deadExchange, routingKey: "work")
            item.properties.correlationID = answer.properties.correlationID
            item.properties.replyTo = names.partitionQueue(1, of: 2)
            subscription.bring([item], from: UInt64(task))
        }
        func results() -> [Int?] {
            transport.published.all.filter { $0.exchange == names.resultExchange }
                .map { $0.properties.correlationID.flatMap(wire.token)?.taskID }
        }
        func acknowledged() -> [UInt64] { subscription.acknowledged.all.map(\.number) }

        bring(1)
        try await subscription.acknowledged.wait(for: 1)
        #expect(results() == [1])

        let mailbox = PartitionMailbox()
        presence.enter(OwnedPartitions.Entry(partition: 1, mailbox: mailbox, wire: wire) { _ in })
        bring(2)
        bring(3)
        try await untilSeen("two in the mailbox") { mailbox.count(of: share) == 2 }
        let input = try #require(mailbox.take(most: 1).first)
        guard case .command(.workResult(let result)) = input.kind else {
            Issue.record("It is no result.")
            return
        }
        #expect(result.token.taskID == 2)
        #expect(results() == [1] && acknowledged() == [1] && share.count == 2)

        // It comes back, because the partition has ended before it was durable.
        mailbox.putBack([input])
        #expect(mailbox.close().isEmpty)
        presence.leave()
        #expect(results() == [1, 2, 3])
        #expect(acknowledged() == [1, 2, 3] && share.count == 0)

        bring(4)
        try await subscription.acknowledged.wait(for: 4)
        #expect(results() == [1, 2, 3, 4])
        await subscription.close()
        try await reading.ended()
    }
}
