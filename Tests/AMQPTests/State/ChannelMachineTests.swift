import AMQPMessages
import Synchronization
import Testing
import WarrenSupport

@testable import AMQP

@Suite("The state of a channel")
struct ChannelMachineTests {
    private let start = ContinuousClock.now

    private func machine(observer: @escaping ChannelObserver = { _, _ in }) -> ChannelMachine {
        ChannelMachine(id: 9, bodyLimit: 1000, observer: observer)
    }

    /// What the actions are, as words, so that orders can be compared.
    private func words(_ actions: [ChannelAction]) -> [String] {
        actions.map { action in
            switch action {
            case .answer(_, .success): "answer"
            case .answer(_, .failure(let error)): "fail \((error as? AMQPError)?.code.description ?? "?")"
            case .settled(_, let outcomes): "settled \(outcomes.count)"
            case .endConsumer(_, let error): "end consumer \(error?.code.description ?? "nil")"
            case .ended(_, let id, let error): "ended \(id) \(error?.code.description ?? "nil")"
            case .sendCloseOK: "close-ok"
            case .released: "released"
            case .unmatchedReturn: "unmatched"
            case .failConnection(let error): "violation \(error.code)"
            }
        }
    }

    private func consumerSink() -> ConsumerSink { ConsumerSink(deliver: { _ in }, end: { _ in }) }

    private func consume(_ machine: ChannelMachine, noAck: Bool = false) {
        machine.sent(
            .consume(queue: "q", tag: "c", noAck: noAck, isExclusive: false, arguments: [:]), slot: ReplySlot(),
            deadline: start, sink: consumerSink())
    }

    private func deliver(_ tag: UInt64, to machine: ChannelMachine, _ actions: inout [ChannelAction]) {
        machine.received(
            .method(
                .content(
                    .delivery(consumerTag: "c", tag: tag, isRedelivered: false, exchange: "", routingKey: "q"))),
            into: &actions)
        machine.received(.header(bodySize: 0, MessageProperties()), into: &actions)
    }

    @Test("Answers go to requests in order; one of another kind is a violation")
    func answers() {
        let machine = machine()
        var actions: [ChannelAction] = []
        machine.sent(.setPrefetch(count: 1), slot: ReplySlot(), deadline: start, sink: nil)
        machine.sent(.selectConfirms, slot: ReplySlot(), deadline: start, sink: nil)
        machine.received(.method(.reply(Request.setPrefetch(count: 1).replyNumber, .done)), into: &actions)
        machine.received(.method(.reply(Request.selectConfirms.replyNumber, .done)), into: &actions)
        machine.received(.method(.reply(Request.selectConfirms.replyNumber, .done)), into: &actions)
        #expect(words(actions) == ["answer", "answer", "violation protocolViolation"])
    }

    @Test("A late answer is taken off the list, not given to the next request")
    func expiry() {
        let machine = machine()
        var actions: [ChannelAction] = []
        machine.sent(
            .deleteQueue(name: "q", ifUnused: false, ifEmpty: false), slot: ReplySlot(), deadline: start + .seconds(1),
            sink: nil)
        machine.sent(
            .deleteQueue(name: "r", ifUnused: false, ifEmpty: false), slot: ReplySlot(), deadline: start + .seconds(5),
            sink: nil)
        #expect(machine.deadline == start + .seconds(1))
        machine.expire(at: start + .seconds(2), into: &actions)
        #expect(machine.deadline == start + .seconds(5))
        let number = Request.deleteQueue(name: "", ifUnused: false, ifEmpty: false).replyNumber
        let reply = InboundFrame.method(.reply(number, .removed(3)))
        machine.received(reply, into: &actions)
        machine.received(reply, into: &actions)
        #expect(words(actions) == ["fail timeout", "answer"])
        #expect(machine.deadline == nil)
    }

    @Test("A close by the broker is answered and fails everything, watchers first")
    func closedByBroker() {
        let machine = machine()
        var actions: [ChannelAction] = []
        machine.sent(.selectConfirms, slot: ReplySlot(), deadline: start, sink: nil)
        machine.received(.method(.reply(Request.selectConfirms.replyNumber, .done)), into: &actions)
        consume(machine)
        machine.confirms.begin([OutboundMessage(exchange: "x", routingKey: "k")], token: PublishToken { _ in })
        machine.confirms.publish(position: 0)
        actions = []
        let close = InboundMethod.channelClosed(
            code: 404, text: "NOT_FOUND - no exchange 'x' in vhost '/'", methodNumber: 60 << 16 | 40)
        machine.received(.method(close), into: &actions)
        #expect(
            words(actions) == [
                "close-ok", "ended 9 notFound", "settled 1", "fail notFound", "end consumer notFound", "released",
            ])
        for case .settled(_, let outcomes) in actions {
            #expect(outcomes == [.returned(code: 404, text: "NOT_FOUND - no exchange 'x' in vhost '/'")])
        }
        machine.end(nil, into: &actions)
        #expect(actions.count == 6, "it ends once")
    }

    @Test("Our own close ends consumers without an error, and what arrives meanwhile is not delivered")
    func closedByUs() {
        let machine = machine()
        var actions: [ChannelAction] = []
        consume(machine)
        machine.received(
            .method(
                .reply(
                    Request.consume(
                        queue: "", tag: "", noAck: false, isExclusive: false, arguments: [:]
                    ).replyNumber, .done)), into: &actions)
        machine.sent(.closeChannel, slot: ReplySlot(), deadline: start, sink: nil)
        deliver(1, to: machine, &actions)
        machine.takeDeliveries { _, _ in Issue.record("delivered after the close") }
        machine.received(.method(.reply(Request.closeChannel.replyNumber, .done)), into: &actions)
        #expect(words(actions) == ["answer", "answer", "ended 9 nil", "end consumer nil", "released"])
    }

    @Test("Deliveries are handed out in one batch per round; a cancel by the broker ends the consumer after them")
    func deliveries() {
        let machine = machine()
        var actions: [ChannelAction] = []
        consume(machine)
        for tag in 1...3 { deliver(UInt64(tag), to: machine, &actions) }
        machine.received(.method(.cancelled(consumerTag: "c")), into: &actions)
        machine.received(.method(.cancelled(consumerTag: "other")), into: &actions)
        var batches: [[UInt64]] = []
        machine.takeDeliveries { _, batch in batches.append(batch.map(\.tag.number)) }
        machine.takeDeliveries { _, batch in batches.append(batch.map(\.tag.number)) }
        #expect(batches == [[1, 2, 3]])
        #expect(words(actions) == ["end consumer consumerCancelled"])
        #expect(machine.acks.highestDelivered == 3)
    }

    @Test(
        "Methods that belong to the connection, and confirms of what was never published, are violations",
        arguments: [
            InboundMethod.blocked(reason: ""), .unblocked, .connectionCloseOK, .connectionClosed(code: 1, text: ""),
            .other(1), .confirm(tag: 1, multiple: false, outcome: .confirmed),
        ])
    func violations(_ method: InboundMethod) {
        let machine = machine()
        var actions: [ChannelAction] = []
        machine.received(.method(method), into: &actions)
        #expect(words(actions) == ["violation protocolViolation"])
    }

    @Test(
        "A publish without a confirm ends in time, though later ones are confirmed; one on a blocked connection waits")
    func unconfirmed() {
        let machine = machine()
        var actions: [ChannelAction] = []
        machine.sent(.selectConfirms, slot: ReplySlot(), deadline: start + .seconds(30), sink: nil)
        machine.received(.method(.reply(Request.selectConfirms.replyNumber, .done)), into: &actions)
        actions = []
        let outcomes = Mutex<[[PublishOutcome]]>([])
        for key in ["a", "b"] {
            let token = PublishToken { settled in outcomes.withLock { $0.append(settled) } }
            machine.confirms.begin([OutboundMessage(routingKey: key)], token: token)
            machine.confirms.publish(position: 0)
        }
        machine.watchConfirms(isBlocked: false, at: start)
        #expect(machine.deadline == start + .seconds(10))
        machine.received(.method(.confirm(tag: 2, multiple: false, outcome: .confirmed)), into: &actions)
        machine.watchConfirms(isBlocked: true, at: start + .seconds(9))
        #expect(machine.deadline == nil)
        machine.watchConfirms(isBlocked: false, at: start + .seconds(60))
        machine.watchConfirms(isBlocked: false, at: start + .seconds(70))
        machine.takeSettled(into: &actions)
        for case .settled(let completion, let settled) in actions { completion(settled) }
        #expect(outcomes.withLock { $0 } == [[.confirmed], [.unconfirmed(after: .seconds(10))]])
    }

    @Test("A return that matches no publish is reported")
    func unmatched() {
        let machine = machine()
        var actions: [ChannelAction] = []
        let start = ContentAssembler.Start.returned(code: 312, text: "NO_ROUTE", exchange: "", routingKey: "k")
        machine.received(.method(.content(start)), into: &actions)
        machine.received(.header(bodySize: 0, .init()), into: &actions)
        #expect(words(actions) == ["unmatched"])
    }
}
