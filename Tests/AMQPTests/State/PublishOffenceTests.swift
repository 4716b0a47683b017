import AMQPMessages
import Testing

@testable import AMQP

@Suite("Over which message the broker closed a channel")
struct PublishOffenceTests {
    private func message(_ exchange: String, bytes: Int = 1) -> OutboundMessage {
        OutboundMessage(exchange: exchange, routingKey: "k", body: Array(repeating: 0, count: bytes))
    }

    @Test("The words of RabbitMQ 3.10 and 4 name the exchange or the size")
    func words() throws {
        let missing = try #require(PublishOffence(code: 404, text: "NOT_FOUND - no exchange 'x' in vhost '/'"))
        #expect(missing.isOf(message("x")) && !missing.isOf(message("y")))
        for text in [
            "ACCESS_REFUSED - access to exchange 'x' in vhost '/' refused for user 'u'",
            "ACCESS_REFUSED - write access to exchange 'x' in vhost '/' refused for user 'u'",
            "ACCESS_REFUSED - access to topic 'a.b' in exchange 'x' in vhost '/' refused for user 'u'",
        ] {
            let denied = try #require(PublishOffence(code: 403, text: text))
            #expect(denied.isOf(message("x")) && !denied.isOf(message("")), "\(text)")
            #expect(denied.outcome == .rejected(code: 403, text: text))
        }
        let standard = try #require(
            PublishOffence(
                code: 403, text: "ACCESS_REFUSED - access to exchange 'amq.default' in vhost '/' refused for user 'u'"))
        #expect(standard.isOf(message("")))
        for text in [
            "PRECONDITION_FAILED - message size 300 is larger than configured max size 200",
            "PRECONDITION_FAILED - message size 300 larger than max size 200",
        ] {
            let large = try #require(PublishOffence(code: 406, text: text))
            #expect(large.isOf(message("x", bytes: 300)) && !large.isOf(message("x", bytes: 299)), "\(text)")
            #expect(large.limit == 200)
        }
        #expect(PublishOffence(code: 406, text: "PRECONDITION_FAILED - unknown delivery tag 7") == nil)
        #expect(PublishOffence(code: 541, text: "INTERNAL_ERROR") == nil)
    }

    @Test("Only the first message that fits is the culprit; the others may have arrived")
    func culprit() {
        var tracker = ConfirmTracker<String>()
        tracker.begin([message("x"), message("x", bytes: 300), message("x", bytes: 300)], token: "batch")
        for position in 0..<3 { tracker.publish(position: position) }
        tracker.fail(
            reason: "gone",
            offence: PublishOffence(
                code: 406, text: "PRECONDITION_FAILED - message size 300 is larger than configured max size 200"))
        var settled: [ConfirmTracker<String>.Settled] = []
        tracker.takeSettled(into: &settled)
        #expect(
            settled.first?.outcomes == [
                .unknown(reason: "gone"), .tooLarge(bytes: 300, limit: 200), .unknown(reason: "gone"),
            ])
    }

    @Test("A publisher that was refused takes another channel: at once when it is certain, else after a series")
    func renewal() {
        let start = ContinuousClock.now
        var machine = PublisherMachine<Int>(heldBytesLimit: 1000)
        func renews(_ isCertain: Bool, after pause: Duration = .zero) -> Bool {
            machine.renewal(isCertain: isCertain, at: start + pause)
        }
        _ = machine.opened(7, id: 7, at: start)
        #expect(!renews(true), "it was never refused")
        #expect(!renews(false))
        #expect(!renews(false))
        #expect(!renews(false), "not within a moment")
        #expect(renews(false, after: .seconds(11)))
        guard case .hold = machine.publish([message("x")], { _ in }) else {
            Issue.record("What comes before the next channel is open is held.")
            return
        }
        let held = machine.opened(8, id: 8, at: start)
        #expect(held?.count == 1)
        #expect(!renews(true))
        #expect(!renews(false))
        #expect(renews(true))
    }
}
