import AMQPMessages
import Testing

@testable import AMQP

@Suite("Tracking confirms")
struct ConfirmTrackerTests {
    private typealias Tracker = ConfirmTracker<String>

    private func messages(_ keys: String...) -> [OutboundMessage] { keys.map { OutboundMessage(routingKey: $0) } }

    private func publish(_ messages: [OutboundMessage], _ token: String, in tracker: inout Tracker) {
        tracker.begin(messages, token: token)
        for position in messages.indices { tracker.publish(position: position) }
    }

    private func settled(_ tracker: inout Tracker) -> [String: [PublishOutcome]] {
        var batches: [Tracker.Settled] = []
        tracker.takeSettled(into: &batches)
        return Dictionary(uniqueKeysWithValues: batches.map { ($0.token, $0.outcomes) })
    }

    @Test("One multiple ack settles several batches, in order")
    func multiple() {
        var tracker = Tracker()
        publish(messages("a", "b"), "one", in: &tracker)
        publish(messages("c"), "two", in: &tracker)
        publish(messages("d", "e"), "three", in: &tracker)
        #expect(tracker.settle(4, multiple: true, as: .confirmed) == true)
        var batches: [Tracker.Settled] = []
        tracker.takeSettled(into: &batches)
        #expect(batches.map(\.token) == ["one", "two"])
        #expect(tracker.settledThrough == 4)
        #expect(tracker.openCount == 1)
        #expect(tracker.settle(5, multiple: false, as: .confirmed) == true)
        #expect(settled(&tracker) == ["three": [.confirmed, .confirmed]])
    }

    @Test("Single acks out of order raise the low-water mark once the gap closes")
    func outOfOrder() {
        var tracker = Tracker()
        publish(messages("a", "b", "c"), "batch", in: &tracker)
        #expect(tracker.settle(3, multiple: false, as: .confirmed) == true)
        #expect(tracker.settle(2, multiple: false, as: .refused) == true)
        #expect(tracker.settledThrough == 0)
        #expect(settled(&tracker).isEmpty)
        #expect(tracker.settle(3, multiple: true, as: .confirmed) == true)
        #expect(tracker.settledThrough == 3)
        #expect(settled(&tracker) == ["batch": [.confirmed, .refused, .confirmed]])
    }

    @Test("Open publishes up to a number are given up; their late confirms are skipped, and later ones count")
    func givenUp() {
        var tracker = Tracker()
        let silence = PublishOutcome.unconfirmed(after: .seconds(10))
        publish(messages("a", "b", "c", "d"), "batch", in: &tracker)
        #expect(tracker.settle(1, multiple: false, as: .confirmed) == true)
        #expect(tracker.settle(3, multiple: false, as: .confirmed) == true)
        tracker.giveUp(through: 3, after: .seconds(10))
        #expect(tracker.settledThrough == 3 && tracker.openCount == 1 && tracker.issuedThrough == 4)
        #expect(tracker.settle(2, multiple: false, as: .confirmed) == true, "It came late.")
        #expect(tracker.settle(4, multiple: true, as: .confirmed) == true)
        #expect(settled(&tracker) == ["batch": [.confirmed, silence, .confirmed, .confirmed]])
        tracker.giveUp(through: 9, after: .seconds(10))
        #expect(settled(&tracker).isEmpty && tracker.issuedThrough == 4)
    }

    @Test("An ack with tag 0 and multiple settles everything; one of a number never given is a violation")
    func edges() {
        var tracker = Tracker()
        publish(messages("a", "b"), "batch", in: &tracker)
        #expect(tracker.settle(3, multiple: true, as: .confirmed) == false)
        #expect(tracker.settle(0, multiple: true, as: .confirmed) == true)
        #expect(settled(&tracker) == ["batch": [.confirmed, .confirmed]])
        #expect(tracker.settle(1, multiple: false, as: .refused) == true, "late repetition is harmless")
        #expect(settled(&tracker).isEmpty)
    }

    @Test("A return marks its publish, and the ack that follows does not undo it")
    func returned() {
        var tracker = Tracker()
        publish(messages("x", "lost", "x", "lost", "lost"), "batch", in: &tracker)
        let lost = OutboundMessage(routingKey: "lost")
        for _ in 0..<2 { #expect(tracker.returned(lost, code: 312, text: "NO_ROUTE") == true) }
        #expect(tracker.settle(5, multiple: true, as: .confirmed) == true)
        let gone = PublishOutcome.returned(code: 312, text: "NO_ROUTE")
        #expect(settled(&tracker) == ["batch": [.confirmed, gone, .confirmed, gone, .confirmed]])
        #expect(tracker.returned(lost, code: 312, text: "NO_ROUTE") == false)
    }

    @Test("A return is told from a look-alike by message ID and body")
    func lookAlikes() {
        var tracker = Tracker()
        let one = OutboundMessage(routingKey: "k", properties: MessageProperties(messageID: "1"), body: [1])
        let two = OutboundMessage(routingKey: "k", properties: MessageProperties(messageID: "2"), body: [1])
        publish([one, two], "batch", in: &tracker)
        #expect(tracker.returned(two, code: 312, text: "") == true)
        #expect(tracker.settle(2, multiple: true, as: .confirmed) == true)
        #expect(settled(&tracker) == ["batch": [.confirmed, .returned(code: 312, text: "")]])
    }

    @Test("When the channel ends the open ones are unknown, and the first to a missing exchange is returned")
    func failure() {
        var tracker = Tracker()
        publish(messages("a"), "one", in: &tracker)
        #expect(tracker.settle(1, multiple: false, as: .confirmed) == true)
        let bad = OutboundMessage(exchange: "missing", routingKey: "k")
        publish(messages("b") + [bad, bad], "two", in: &tracker)
        tracker.fail(reason: "gone", missingExchange: "missing")
        #expect(
            settled(&tracker) == [
                "one": [.confirmed],
                "two": [.unknown(reason: "gone"), .returned(code: 404, text: "gone"), .unknown(reason: "gone")],
            ])
        #expect(tracker.openCount == 0)
    }

    @Test("A message that cannot be written takes no number; an empty batch is done at once")
    func skipped() {
        var tracker = Tracker()
        tracker.begin(messages("a", "b"), token: "batch")
        tracker.skip(position: 0, outcome: .invalid(reason: "long"))
        tracker.publish(position: 1)
        tracker.begin([], token: "empty")
        #expect(settled(&tracker) == ["empty": []])
        #expect(tracker.settle(1, multiple: false, as: .confirmed) == true)
        #expect(settled(&tracker) == ["batch": [.invalid(reason: "long"), .confirmed]])
    }
}
