import AMQPMessages
import Testing
import Warren
import WarrenMessaging
import WarrenPartition

@testable import WarrenHost

/// The intake of a partition that comes to a host and leaves it. What was published is given as the numbers of messages,
/// and as negative numbers of markers.
@Suite("The intake of a partition that comes and goes", .timeLimit(.minutes(1)))
struct PartitionTenureTests {
    private let start = ContinuousClock.now

    /// An intake that gives its messages directly to the mailbox.
    private func direct(limit: Int = 4) throws -> IntakeBench {
        let bench = try IntakeBench(limit: limit, tenure: .changing)
        bench.intake.attach(bench.mailbox)
        bench.intake.returned(marker: 1)
        #expect(bench.intake.mode == .direct)
        #expect(bench.published() == [-1])
        return bench
    }

    @Test("What comes for a partition of another host goes into its queue, and nobody is told that it has stopped")
    func elsewhere() throws {
        let bench = try IntakeBench(limit: 4, tenure: .changing)
        bench.receive(1...10, at: start)
        bench.intake.look(start + .seconds(60))
        #expect(bench.published() == Array(1...10))
        #expect(bench.acknowledged == Array(1...10))
        #expect(bench.intake.share.count == 0)
        #expect(!bench.intake.isStopped)
        #expect(!bench.intake.isHere)
        #expect(try IntakeBench(limit: 4, hasMailbox: false).intake.isStopped)
    }

    @Test("After it has come, the detour goes on until a marker has come back behind which there is nothing")
    func attach() throws {
        let bench = try IntakeBench(limit: 4, tenure: .changing)
        bench.receive(1...2, at: start)
        bench.intake.attach(bench.mailbox)
        #expect(bench.intake.isHere)
        bench.receive(3...3, at: start)
        #expect(bench.published() == [1, 2, -1, 3])
        bench.intake.returned(marker: 1)
        bench.receive(4...5, at: start)
        #expect(bench.published() == [1, 2, -1, 3, -2])
        #expect(bench.found().isEmpty)
        bench.intake.returned(marker: 2)
        #expect(bench.intake.mode == .direct)
        bench.receive(6...6, at: start)
        #expect(bench.found() == [4, 5, 6])
        #expect(bench.memories == [false])
        // The same mailbox again changes nothing.
        bench.intake.attach(bench.mailbox)
        #expect(bench.intake.mode == .direct)
        #expect(bench.published() == [1, 2, -1, 3, -2])
    }

    @Test("When it leaves, what it has not made durable goes its way, before what comes later")
    func detach() throws {
        let bench = try direct()
        bench.receive(1...4, at: start)
        let begun = bench.mailbox.take(most: 3)
        Receipt.settle(begun.prefix(1).map(\.receipt))
        bench.mailbox.putBack(Array(begun.dropFirst()))
        #expect(bench.mailbox.close().isEmpty)
        bench.intake.detach()
        bench.receive(5...5, at: start)
        #expect(bench.published() == [-1, 2, 3, 4, 5])
        #expect(bench.acknowledged == Array(1...5))
        #expect(bench.intake.share.count == 0)
        #expect(bench.memories == [false, true])
        #expect(!bench.intake.isHere)
    }

    @Test("Its end is noticed before it has left; no marker is published for a mailbox that nobody empties")
    func endedFirst() throws {
        let bench = try direct()
        bench.receive(1...2, at: start)
        #expect(bench.mailbox.close().isEmpty)
        bench.receive(3...3, at: start)
        #expect(bench.published() == [-1, 1, 2, 3])
        bench.intake.beginReading(at: nil)
        bench.intake.returned(marker: 2)
        #expect(bench.intake.mode == .detour)
        bench.intake.detach()
        bench.receive(4...4, at: start)
        #expect(bench.published() == [-1, 1, 2, 3, 4])
        #expect(bench.memories == [false, true])
    }

    @Test("A marker from before it left does not open the direct way after it has come again")
    func oldMarker() throws {
        let bench = try IntakeBench(limit: 4, tenure: .changing)
        bench.intake.attach(bench.mailbox)
        bench.receive(1...1, at: start)
        #expect(bench.mailbox.close().isEmpty)
        bench.intake.detach()
        bench.intake.returned(marker: 1)
        bench.receive(2...2, at: start)
        let second = PartitionMailbox()
        bench.intake.attach(second)
        #expect(bench.published() == [-1, 1, 2, -2])
        bench.intake.returned(marker: 1)
        bench.receive(3...3, at: start)
        #expect(bench.intake.mode == .detour)
        #expect(bench.found(in: second).isEmpty)
        bench.intake.returned(marker: 2)
        bench.intake.returned(marker: 3)
        bench.receive(4...4, at: start)
        #expect(bench.published() == [-1, 1, 2, -2, 3, -3])
        #expect(bench.found(in: second) == [4])
    }

    @Test("A marker that is on its way when it leaves opens nothing when it returns to the next mailbox")
    func markerUnderWay() throws {
        let bench = try IntakeBench(limit: 4, tenure: .changing)
        bench.intake.attach(bench.mailbox)
        #expect(bench.mailbox.close().isEmpty)
        bench.intake.detach()
        let second = PartitionMailbox()
        bench.intake.attach(second)
        #expect(bench.published() == [-1, -2])
        bench.intake.returned(marker: 1)
        #expect(bench.intake.mode == .detour)
        bench.intake.returned(marker: 2)
        #expect(bench.intake.mode == .direct)
    }

    @Test("When it leaves while messages wait behind a marker, they go into the queue, in order")
    func detachWhileClosing() throws {
        let bench = try IntakeBench(limit: 4, tenure: .changing)
        bench.intake.attach(bench.mailbox)
        bench.receive(1...1, at: start)
        bench.intake.returned(marker: 1)
        bench.receive(2...4, at: start)
        #expect(bench.intake.mode == .closing)
        #expect(bench.published() == [-1, 1, -2])
        bench.intake.detach()
        bench.intake.returned(marker: 2)
        bench.receive(5...5, at: start)
        #expect(bench.published() == [-1, 1, -2, 2, 3, 4, 5])
        #expect(bench.intake.mode == .detour)
        #expect(bench.found().isEmpty)
        #expect(bench.memories.isEmpty)
    }

    @Test("When it ends while messages wait behind a marker, they go into the queue before it has left")
    func endWhileClosing() throws {
        let bench = try IntakeBench(limit: 4, tenure: .changing)
        bench.intake.attach(bench.mailbox)
        bench.receive(1...1, at: start)
        bench.intake.returned(marker: 1)
        bench.receive(2...3, at: start)
        #expect(bench.mailbox.close().isEmpty)
        bench.intake.returned(marker: 2)
        bench.intake.look(start)
        #expect(bench.published() == [-1, 1, -2, 2, 3])
        #expect(bench.mailbox.withdraw(bench.intake.share).isEmpty)
    }

    @Test("A new mailbox in the place of a closed one gets nothing before what the old one had")
    func attachTwice() throws {
        let bench = try direct()
        bench.receive(1...3, at: start)
        #expect(bench.mailbox.close().isEmpty)
        let second = PartitionMailbox()
        bench.intake.attach(second)
        #expect(bench.published() == [-1, 1, 2, 3, -2])
        bench.receive(4...4, at: start)
        bench.intake.returned(marker: 2)
        bench.receive(5...5, at: start)
        bench.intake.returned(marker: 3)
        #expect(bench.published() == [-1, 1, 2, 3, -2, 4, -3])
        #expect(bench.found(in: second) == [5])
        #expect(bench.found().isEmpty)
    }

    @Test("What is put back after it has left is found by another look")
    func lateReturn() throws {
        let bench = try direct()
        bench.receive(1...3, at: start)
        let begun = bench.mailbox.take(most: 2)
        bench.intake.detach()
        #expect(bench.published() == [-1, 3])
        bench.mailbox.putBack(begun)
        #expect(bench.mailbox.close().isEmpty)
        bench.intake.detach()
        #expect(bench.published() == [-1, 3, 1, 2])
        #expect(bench.intake.share.count == 0)
    }

    @Test("Before it leaves, it gets nothing more, and nothing is sent before what it may put back")
    func halt() throws {
        let bench = try direct(limit: 8)
        bench.receive(1...4, at: start)
        let begun = bench.mailbox.take(most: 2)
        bench.intake.halt()
        #expect(bench.mailbox.isEmpty)
        #expect(!bench.intake.isHere)
        bench.receive(5...5, at: start)
        #expect(bench.published() == [-1])
        bench.mailbox.putBack(begun)
        #expect(bench.mailbox.close().isEmpty)
        bench.intake.detach()
        #expect(bench.published() == [-1, 1, 2, 3, 4, 5])
        #expect(bench.memories == [false, true])
    }

    @Test("A partition that takes long to leave does not keep more than its share for longer than one that is busy")
    func longHalt() throws {
        let bench = try direct()
        bench.receive(1...6, at: start)
        #expect(bench.mailbox.take(most: 1).count == 1)
        bench.intake.halt()
        #expect(bench.intake.isFull)
        bench.intake.look(start + .milliseconds(5900))
        #expect(bench.published() == [-1])
        bench.intake.look(start + .seconds(6))
        #expect(bench.published() == [-1, 2, 3, 4, 5, 6])
    }

    @Test("One that stays after all takes the direct way again at the return of a marker")
    func haltEnds() throws {
        let bench = try direct()
        bench.receive(1...2, at: start)
        bench.intake.halt()
        bench.receive(3...3, at: start)
        bench.intake.attach(bench.mailbox)
        #expect(bench.published() == [-1, 1, 2, 3, -2])
        bench.intake.returned(marker: 2)
        bench.receive(4...4, at: start)
        #expect(bench.found() == [4])
    }

    @Test("When another host may have read the intake meanwhile, a new marker is needed")
    func relay() throws {
        let bench = try direct()
        bench.receive(1...1, at: start)
        bench.intake.beginRelay()
        bench.receive(2...2, at: start)
        #expect(bench.found() == [1])
        #expect(bench.published() == [-1, -2, 2])
        bench.intake.returned(marker: 2)
        bench.receive(3...3, at: start)
        #expect(bench.intake.mode == .closing)
        bench.intake.beginRelay()
        bench.intake.returned(marker: 3)
        #expect(bench.published() == [-1, -2, 2, -3, 3, -4])
        #expect(bench.intake.mode == .detour)
        bench.intake.returned(marker: 4)
        #expect(bench.intake.mode == .direct)
        #expect(bench.memories == [false, true, false])
    }

    @Test("A marker that another host has taken out of the queue is replaced when this one begins to read it")
    func lostMarker() throws {
        let bench = try IntakeBench(limit: 4, tenure: .changing)
        bench.intake.attach(bench.mailbox)
        bench.intake.beginReading(at: 1)
        #expect(bench.published() == [-1])
        bench.intake.beginReading(at: nil)
        #expect(bench.published() == [-1, -2])
        bench.intake.returned(marker: 1)
        #expect(bench.intake.mode == .detour)
        bench.intake.returned(marker: 2)
        bench.intake.beginReading(at: nil)
        #expect(bench.intake.mode == .direct)
        #expect(bench.published() == [-1, -2])
    }

    @Test("A partition that stays where it is needs no markers for new channels")
    func lasting() throws {
        let bench = try IntakeBench(limit: 4)
        bench.intake.beginRelay()
        bench.intake.beginReading(at: nil)
        bench.receive(1...1, at: start)
        #expect(bench.intake.mode == .direct)
        #expect(bench.published().isEmpty)
        #expect(bench.found() == [1])
    }

    @Test("A question takes the reply address along, and as long as its publisher waits; a start has no such limit")
    func questions() throws {
        let bench = try IntakeBench(limit: 4, tenure: .changing)
        var source = InboundMessage(exchange: "h.control", routingKey: "1/status")
        source.properties.expiration = "5000"
        let reply = ReplyAddress(queue: "reply.asker", correlationID: "c")
        let query = QueryCommand(
            .status(instanceID: "1", includeHistory: true), context: CommandContext(reply: reply))
        let purge = PurgeCommand(InstanceQuery(), partition: 0, context: CommandContext(reply: reply))
        let start = StartCommand(name: "Echo", instanceID: "1")
        bench.intake.receive(
            [Command.query(query), .purge(purge), .start(start)].map {
                PartitionInput(.command($0), source: source)
            })
        let published = bench.transport.published.all
        #expect(published.map(\.properties.expiration) == ["5000", nil, nil])
        let commands = published.map { message -> Command? in
            let content = bench.wire.decode(
                InboundMessage(
                    exchange: message.exchange, routingKey: message.routingKey, properties: message.properties,
                    body: message.body))
            return if case .input(let command, _) = content { command } else { nil }
        }
        #expect(commands.prefix(2) == [.query(query), .purge(purge)])
    }
}
