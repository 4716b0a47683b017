import AMQPMessages
import Foundation
import Logging
import Synchronization
import TestSupport
import Testing
import Warren
import WarrenClient
import WarrenMessaging
import WarrenPartition

@testable import WarrenHost

/// How what comes for a partition that takes nothing is kept from the others.
@Suite("A partition's share of the intake", .timeLimit(.minutes(1)))
struct PartitionIntakeTests {
    private typealias Bench = IntakeBench

    private let start = ContinuousClock.now

    @Test("A partition that keeps up gets everything directly, however much it is")
    func direct() throws {
        let bench = try Bench(limit: 4)
        for batch in 0..<20 {
            bench.receive((10 * batch)...(10 * batch + 9), at: start + .milliseconds(batch))
            #expect(bench.found() == Array((10 * batch)...(10 * batch + 9)))
            bench.intake.share.settled(10)
        }
        bench.intake.look(start + .seconds(60))
        #expect(bench.published().isEmpty)
        #expect(bench.intake.mode == .direct)
        #expect(bench.intake.share.count == 0)
    }

    @Test("When its oldest message has waited too long, what it has not begun with goes the detour, in order")
    func stuck() throws {
        let bench = try Bench(limit: 4)
        bench.receive(1...10, at: start)
        bench.intake.look(start + .milliseconds(900))
        #expect(bench.published().isEmpty)
        bench.intake.look(start + .seconds(1))
        #expect(bench.published() == Array(1...10) + [-1])
        #expect(bench.acknowledged == Array(1...10))
        #expect(bench.intake.share.count == 0)
        #expect(bench.memories == [true])
        bench.receive(11...12, at: start + .seconds(2))
        #expect(bench.published() == Array(1...10) + [-1, 11, 12])
        #expect(bench.found().isEmpty)
    }

    @Test("While it has begun with older ones, the others wait for these, but not for long")
    func begun() throws {
        let bench = try Bench(limit: 4)
        bench.receive(1...10, at: start)
        #expect(bench.mailbox.take(most: 3).count == 3)
        for second in 1...5 {
            bench.intake.look(start + .seconds(second))
            #expect(bench.published().isEmpty)
        }
        bench.intake.look(start + .seconds(6))
        #expect(bench.published() == Array(4...10) + [-1])
        #expect(bench.intake.share.count == 3)
    }

    @Test("What was begun with and put back goes with the others, in order")
    func putBack() throws {
        let bench = try Bench(limit: 4)
        bench.receive(1...10, at: start)
        let taken = bench.mailbox.take(most: 3)
        bench.intake.look(start + .seconds(1))
        bench.mailbox.putBack(taken)
        bench.intake.look(start + .seconds(2))
        #expect(bench.published() == Array(1...10) + [-1])
    }

    @Test("A partition below its share is not sent round, however long its messages wait")
    func belowShare() throws {
        let bench = try Bench(limit: 4)
        bench.receive(1...3, at: start)
        bench.intake.look(start + .seconds(3600))
        #expect(bench.published().isEmpty)
    }

    @Test("The detour ends when a marker comes back behind which there is nothing; meanwhile order holds")
    func ending() throws {
        let bench = try Bench(limit: 2)
        bench.receive(1...3, at: start)
        bench.intake.look(start + .seconds(1))
        bench.receive(4...4, at: start + .seconds(1))
        #expect(bench.published() == [1, 2, 3, -1, 4])
        // Behind the first marker there is a message.
        bench.intake.returned(marker: 1)
        #expect(bench.intake.mode == .closing)
        #expect(bench.published() == [1, 2, 3, -1, 4, -2])
        bench.receive(5...6, at: start + .seconds(2))
        #expect(bench.found().isEmpty)
        #expect(bench.published() == [1, 2, 3, -1, 4, -2])
        // A marker that is none of the present one's.
        bench.intake.returned(marker: 1)
        #expect(bench.intake.mode == .closing)
        bench.intake.returned(marker: 2)
        #expect(bench.intake.mode == .direct)
        #expect(bench.found() == [5, 6])
        #expect(bench.memories == [true, false])
        bench.receive(7...7, at: start + .seconds(3))
        #expect(bench.found() == [7])
    }

    @Test("Too much behind the last marker goes the detour as well, and the marker after it ends it")
    func overflow() throws {
        let bench = try Bench(limit: 2)
        bench.receive(1...3, at: start)
        bench.intake.look(start + .seconds(1))
        bench.receive(4...4, at: start)
        bench.intake.returned(marker: 1)
        bench.receive(5...7, at: start)
        #expect(bench.intake.mode == .detour)
        #expect(bench.published() == [1, 2, 3, -1, 4, -2, 5, 6, 7])
        bench.intake.returned(marker: 2)
        #expect(bench.intake.mode == .closing)
        bench.intake.returned(marker: 3)
        #expect(bench.intake.mode == .direct)
    }

    @Test("After a restart the detour goes on until its queue is empty")
    func restart() throws {
        let bench = try Bench(limit: 2, isDetoured: true)
        #expect(bench.published() == [-1])
        bench.receive(1...1, at: start)
        #expect(bench.found().isEmpty)
        bench.intake.returned(marker: 1)
        bench.intake.returned(marker: 2)
        #expect(bench.intake.mode == .direct)
        #expect(bench.published() == [-1, 1, -2])
    }

    @Test("For a partition that has stopped, or cannot run, everything goes into its queue")
    func stopped() throws {
        let bench = try Bench(limit: 4)
        bench.receive(1...2, at: start)
        #expect(bench.mailbox.close().isEmpty)
        bench.receive(3...5, at: start)
        #expect(bench.published() == [1, 2, 3, 4, 5, -1])
        let absent = try Bench(limit: 4, hasMailbox: false)
        absent.receive(1...3, at: start)
        #expect(absent.published() == [1, 2, 3])
        #expect(absent.acknowledged == [1, 2, 3])
    }

    @Test("A message comes back as it was, with a key if it had none")
    func content() throws {
        let bench = try Bench(limit: 4, hasMailbox: false)
        bench.receive(7...7, at: start)
        let message = try #require(bench.transport.published.all.first)
        #expect(message.exchange == "h.partition")
        #expect(message.routingKey == "0.intake")
        let inbound = InboundMessage(
            exchange: message.exchange, routingKey: message.routingKey, isRedelivered: true,
            properties: message.properties, body: message.body)
        guard case .input(.start(let command), let source) = bench.wire.decode(inbound) else {
            Issue.record("It cannot be read.")
            return
        }
        #expect(command.name == "Echo" && command.instanceID == "7" && command.input == Payload(json: "7"))
        #expect(command.context.messageKey?.hasPrefix("detour:") == true)
        #expect(source?.exchange == "h.start" && source?.routingKey == "Echo" && source?.isRedelivered == true)
    }

    @Test("What is no message of a host's becomes a refusal", arguments: ["", "warren.start", "warren.detour"])
    func foreign(type: String) throws {
        let bench = try Bench(limit: 4)
        let message = InboundMessage(
            exchange: "h.partition", routingKey: "0.intake", properties: MessageProperties(type: type),
            body: Array("{}".utf8))
        guard case .refused = bench.wire.decode(message) else {
            Issue.record("It was taken.")
            return
        }
    }
}
