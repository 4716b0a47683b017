import AMQPMessages
import Synchronization
import Testing

@testable import AMQP

@Suite("A connection's mailbox", .timeLimit(.minutes(5)))
struct ConnectionMailboxTests {
    private func publish(_ size: Int, _ completion: @escaping PublishCompletion = { _ in }) -> ConnectionCommand {
        .publish(channel: 1, [OutboundMessage(routingKey: "k", body: Array(repeating: 0, count: size))], completion)
    }

    @Test("A publisher is suspended over the limit and goes on once half of it is free")
    func capacity() async throws {
        let mailbox = try ConnectionMailbox(pendingBytesLimit: 1000)
        try await mailbox.waitForCapacity()
        mailbox.post(publish(2000))
        #expect(mailbox.pendingBytes > 2000)
        let isFree = Mutex(false)
        async let waiting: Void = {
            try await mailbox.waitForCapacity()
            #expect(isFree.withLock { $0 })
        }()
        var commands: [ConnectionCommand] = []
        mailbox.take(into: &commands)
        #expect(commands.count == 1)
        mailbox.update(bufferedBytes: 1500)
        mailbox.update(bufferedBytes: 501)
        isFree.withLock { $0 = true }
        mailbox.update(bufferedBytes: 500)
        try await waiting
    }

    @Test("After the end commands are refused, those that waited by whoever ended it")
    func end() async throws {
        let mailbox = try ConnectionMailbox(pendingBytesLimit: 1000)
        let outcomes = Mutex<[PublishOutcome]>([])
        let completion: PublishCompletion = { settled in outcomes.withLock { $0 += settled } }
        mailbox.post(publish(1, completion))
        let waiting = mailbox.close(AMQPError(.connectionLost, "gone"))
        #expect(waiting.count == 1)
        #expect(outcomes.withLock { $0 }.isEmpty)
        mailbox.post(publish(1, completion))
        #expect(outcomes.withLock { $0 } == [.unknown(reason: "gone")])
        guard case .refused(let error) = mailbox.offer(publish(1, completion), size: 1) else {
            Issue.record("It was taken.")
            return
        }
        #expect(error.code == .connectionLost)
        #expect(mailbox.close(AMQPError(.closed, "again")).isEmpty)
        #expect(mailbox.end?.code == .connectionLost, "the first reason stays")
        try await mailbox.waitForCapacity()
    }
}
