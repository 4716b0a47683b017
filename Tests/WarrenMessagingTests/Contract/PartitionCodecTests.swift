import AMQPMessages
import Testing
import Warren

@testable import WarrenMessaging

@Suite struct PartitionCodecTests {
    private let codec = PartitionCodec(hub: testHub, signer: testSigner)

    @Test func `only the partition exchange brings commands`() throws {
        var message = InboundMessage(codec.encode(.start(.init(name: "A", instanceID: "a")), partition: 0))
        message.exchange = ""
        #expect(refusal(message)?.reason == .unmatchedResult)
        message.exchange = "shop.start"
        #expect(refusal(message)?.reason == .unknownKind)
        message.exchange = "shop.partition"
        message.properties.type = "warren.future"
        #expect(refusal(message)?.reason == .unknownKind)
    }

    @Test func `a reply address is checked again on the way in`() {
        var start = StartCommand(name: "A", instanceID: "a")
        start.context.reply = ReplyAddress(queue: "shop.partition.00", correlationID: "c")
        #expect(refusal(InboundMessage(codec.encode(.start(start), partition: 0)))?.reason == .badReplyTo)
    }

    @Test func `a forwarded message keeps how long it may be held`() throws {
        var raise = RaiseCommand(instanceID: "a", eventName: "Go")
        raise.context.holdLimit = 2000
        let message = InboundMessage(codec.encode(.raise(raise), partition: 0))
        #expect(try codec.decode(message).get() == .raise(raise))
    }

    @Test func `any RPC server's answer is a result`() throws {
        let token = testSigner.sign(Sample.token)
        for (body, type, expected) in [
            ("42", nil, "42"), ("Hello Ada!", nil, "\"Hello Ada!\""), ("", nil, "null"), ("hi", "text/plain", "\"hi\""),
        ] as [(String, String?, String)] {
            let message = InboundMessage.from(
                "", "shop.partition.03", body, MessageProperties(contentType: type, correlationID: token))
            let command = try codec.decode(message).get()
            let result = WorkResult(token: Sample.token, outcome: .completed(Payload(json: expected)))
            #expect(command == .workResult(result))
        }
    }

    @Test(
        arguments: [
            (
                #"{"type":"T","message":"m","retryable":false,"details":{"a":1.10}}"#,
                FailureDetails(type: "T", message: "m", details: Payload(json: #"{"a":1.10}"#), isNonRetriable: true)
            ),
            (
                #"{"type":"T","message":"m","isNonRetriable":true}"#,
                FailureDetails(type: "T", message: "m", isNonRetriable: true)
            ),
            (#"{"type":"T","isNonRetriable":false,"retryable":false}"#, FailureDetails(type: "T", message: "")),
            (#"{"message":"m","details":null}"#, FailureDetails(type: "ActivityFailed", message: "m")),
            ("\"boom\"", FailureDetails(type: "ActivityFailed", message: "boom")),
            ("boom", FailureDetails(type: "ActivityFailed", message: "boom")),
            ("", FailureDetails(type: "ActivityFailed", message: "")),
            ("[1]", FailureDetails(type: "ActivityFailed", message: "[1]")),
            (#"{"type":7,"stack":"s"}"#, FailureDetails(type: "ActivityFailed", message: "", stack: "s")),
        ] as [(String, FailureDetails)])
    func `a failure is read as far as it can be`(body: String, failure: FailureDetails) throws {
        let properties = MessageProperties(
            headers: ["warren-status": "failed"], correlationID: testSigner.sign(Sample.token))
        let command = try codec.decode(.from("shop.result", "shop.partition.03", body, properties)).get()
        #expect(command == .workResult(WorkResult(token: Sample.token, outcome: .failed(failure))))
    }

    @Test func `an answer that cannot be read fails its task instead of leaving it waiting`() throws {
        let properties = MessageProperties(
            contentType: "application/json", correlationID: testSigner.sign(Sample.token))
        let command = try codec.decode(.from("shop.result", "shop.partition.03", "{", properties)).get()
        guard case .workResult(let result) = command, case .failed(let failure) = result.outcome else {
            Issue.record("not a failure: \(command)")
            return
        }
        #expect(failure.type == "InvalidResult" && failure.message.contains("invalid-json"))
    }

    @Test func `a result under a forged, foreign or missing token matches nothing`() {
        let foreign = TokenSigner(secret: [1, 2, 3]).sign(Sample.token)
        for token in [nil, "", "x", foreign] as [String?] {
            let message = InboundMessage.from(
                "shop.result", "shop.partition.03", "1", MessageProperties(correlationID: token))
            #expect(refusal(message)?.reason == .unmatchedResult)
            #expect(refusal(message)?.detail.contains("correlation_id") == true)
        }
    }

    @Test func `a heartbeat without a lease has the default, and none is longer than a day`() throws {
        var properties = MessageProperties(
            headers: ["warren-status": "heartbeat"], correlationID: testSigner.sign(Sample.token))
        let command = try codec.decode(.from("shop.result", "k", "", properties)).get()
        let expected = WorkResult(token: Sample.token, outcome: .heartbeat(lease: .seconds(60)))
        #expect(command == .workResult(expected))
        properties.headers["warren-lease-ms"] = .int64(86_400_001)
        #expect(refusal(.from("shop.result", "k", "", properties))?.reason == .badHeader)
    }

    @Test func `a worker answers elsewhere through the default exchange`() {
        let message = WorkResultCodec(hub: testHub).encode(.completed(.null), replyTo: "other", correlationID: "c")
        #expect(message.exchange.isEmpty && message.routingKey == "other")
    }

    @Test func `a work item without a way to answer is refused`() {
        let codec = WorkItemCodec(hub: testHub)
        let noReply = InboundMessage.from("shop.activity", "Charge", "1", MessageProperties(correlationID: "c"))
        guard case .failure(let refusal) = codec.decode(noReply) else {
            Issue.record("taken")
            return
        }
        #expect(refusal.reason == .badReplyTo)
    }

    private func refusal(_ message: InboundMessage) -> Refusal? {
        if case .failure(let refusal) = codec.decode(message) { refusal } else { nil }
    }
}
