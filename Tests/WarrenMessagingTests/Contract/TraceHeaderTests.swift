import AMQPMessages
import Testing
import Warren

@testable import WarrenMessaging

/// The headers `traceparent` and `tracestate`, on every message that has them.
@Suite(.timeLimit(.minutes(1))) struct TraceHeaderTests {
    private static let parent = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
    private let trace = TraceContext(traceparent: parent, tracestate: "vendor=1")
    private let partition = PartitionCodec(hub: testHub, signer: testSigner)
    private let intake = IntakeDecoder(hub: testHub)

    private func context(of message: InboundMessage) throws -> CommandContext? {
        switch try intake.command(from: message).get() {
        case .start(let start): start.context
        case .raise(let raise): raise.context
        default: nil
        }
    }

    @Test func `messages with a trace are written as recorded and read back`() throws {
        var start = StartCommand(name: "Billing", instanceID: "order-42", parent: Sample.parent)
        start.context.trace = trace
        let command = partition.encode(.start(start), partition: 3)
        try GoldenFile.check("partition-start-trace", command)
        #expect(try partition.decode(InboundMessage(command)).get() == .start(start))

        var item = Sample.workItem
        item.trace = trace
        let work = WorkItemCodec(hub: testHub).encode(item, replyTo: "shop.partition.03", signer: testSigner)
        try GoldenFile.check("work-item-trace", work)
        #expect(try WorkItemCodec(hub: testHub).decode(InboundMessage(work)).get().item == item)

        var reply = Sample.reply
        reply.trace = trace
        try GoldenFile.check("reply-trace", ReplyCodec.encode(reply))
        #expect(try ReplyCodec.decode(InboundMessage(ReplyCodec.encode(reply))).get() == reply)

        var lifecycle = Sample.lifecycle
        lifecycle.trace = trace
        try GoldenFile.check("lifecycle-trace", LifecycleCodec(hub: testHub).encode(lifecycle))
    }

    @Test func `a client's start and event carry the trace that their publisher gives them`() throws {
        let encoder = RequestEncoder(hub: testHub, replyQueue: "reply.web")
        let ids = RequestIDs(messageID: "m", correlationID: "c")
        let traced = CommandContext(trace: trace)
        let start = encoder.start(
            StartCommand(name: "Billing", instanceID: "o", context: traced), reply: .accepted, ids: ids)
        let raise = encoder.raise(
            RaiseCommand(instanceID: "o", eventName: "Go", context: traced), reply: .accepted, ids: ids)
        for message in [start, raise] {
            #expect(try context(of: InboundMessage(message))?.trace == trace)
            // The trace is no part of the request: the same message in another trace is a duplicate.
            var other = message
            other.properties.headers["traceparent"] = nil
            #expect(
                try context(of: InboundMessage(other))?.bodyHash
                    == context(of: InboundMessage(message))?.bodyHash)
        }
    }

    @Test(arguments: [
        FieldValue.string("00-1-2-01"), .string(parent + "-more"), .int64(7), .void, .bytes([0xFF]), .string(""),
        .string(String(repeating: "0", count: 30_000)),
    ])
    func `a trace in another form is dropped, and the message taken`(value: FieldValue) throws {
        let message = InboundMessage(
            exchange: testHub.startExchange, routingKey: "Billing",
            properties: MessageProperties(headers: ["traceparent": value, "tracestate": "a=1"]))
        #expect(try #require(try context(of: message)).trace == nil)
    }

    @Test func `a tracestate that may not be passed on is dropped, and the rest kept`() throws {
        let message = InboundMessage(
            exchange: testHub.startExchange, routingKey: "Billing",
            properties: MessageProperties(
                headers: [
                    "traceparent": .string(Self.parent), "tracestate": .string(String(repeating: "x", count: 600)),
                ]))
        #expect(
            try context(of: message)?.trace == TraceContext(traceparent: Self.parent))
    }

    @Test func `baggage ends at the intake, unless the host carries it`() throws {
        let message = InboundMessage(
            exchange: testHub.startExchange, routingKey: "Billing",
            properties: MessageProperties(headers: ["traceparent": .string(Self.parent), "baggage": "user=7,plan=x"]))
        #expect(try context(of: message)?.trace == TraceContext(traceparent: Self.parent))
        let carrying = IntakeDecoder(hub: testHub, carriesBaggage: true)
        guard case .start(let start) = try carrying.command(from: message).get() else {
            Issue.record("The message is a start.")
            return
        }
        let trace = try #require(start.context.trace)
        #expect(trace.baggage == "user=7,plan=x")

        // It goes on to the partition, to work items and answers, and to nobody else.
        let command = partition.encode(.start(start), partition: 3)
        #expect(try partition.decode(InboundMessage(command)).get() == .start(start))
        var item = Sample.workItem
        item.trace = trace
        let work = WorkItemCodec(hub: testHub).encode(item, replyTo: "shop.partition.03", signer: testSigner)
        #expect(work.properties.headers["baggage"] == "user=7,plan=x")
        var reply = Sample.reply
        reply.trace = trace
        #expect(ReplyCodec.encode(reply).properties.headers["baggage"] == "user=7,plan=x")
        var lifecycle = Sample.lifecycle
        lifecycle.trace = trace
        let announced = LifecycleCodec(hub: testHub).encode(lifecycle)
        #expect(announced.properties.headers["baggage"] == nil && announced.properties.headers["traceparent"] != nil)
    }
}
