import AMQPMessages
import Testing
import Warren

@testable import WarrenMessaging

/// Queries and updates as publishers send them, and what they are answered.
@Suite("Messages of queries and updates", .timeLimit(.minutes(1)))
struct UpdateMessageTests {
    private let decoder = IntakeDecoder(hub: testHub)
    private let ids = RequestIDs(messageID: "m-2", correlationID: "c-2")
    private let encoder: RequestEncoder

    init() {
        encoder = RequestEncoder(hub: testHub, replyQueue: "reply.web", holdLimit: .seconds(2))
    }

    private func read(
        _ key: String, _ headers: FieldTable = [:], body: String = "", replyTo: String? = "reply.web",
        messageID: String? = nil
    ) throws(Refusal) -> Command {
        try decoder.command(
            from: .from(
                "shop.control", key, body,
                .init(headers: headers, correlationID: "c", replyTo: replyTo, messageID: messageID))
        ).get()
    }

    private func reason(_ key: String, _ headers: FieldTable = [:], replyTo: String? = "reply.web") -> Refusal? {
        do throws(Refusal) {
            _ = try read(key, headers, replyTo: replyTo)
            return nil
        } catch {
            return error
        }
    }

    @Test("The client's messages are written as recorded, and read as they were meant")
    func requests() throws {
        let question = StateQuestion(name: "remaining", input: .null)
        let query = encoder.query(.state(instanceID: "order-42", question), ids: ids)
        try GoldenFile.check("request-query", query)
        guard case .query(let read) = try decoder.command(from: InboundMessage(query)).get() else {
            Issue.record("It is no query.")
            return
        }
        #expect(read.question == .state(instanceID: "order-42", question))
        #expect(read.context.reply == ReplyAddress(queue: "reply.web", correlationID: "c-2"))

        let command = UpdateCommand(instanceID: "order-42", name: "addItem", input: Payload(json: #"{"sku":7}"#))
        let message = encoder.update(command, ids: ids)
        try GoldenFile.check("request-update", message)
        guard case .update(let update) = try decoder.command(from: InboundMessage(message)).get() else {
            Issue.record("It is no update.")
            return
        }
        #expect(update.instanceID == "order-42" && update.name == "addItem" && update.input == command.input)
        #expect(update.context.messageKey == "update/order-42/addItem//m-2")
        #expect(update.context.refusesByReply && update.context.holdLimit == 2000)
    }

    @Test("The name is in the routing key or in a header, and the body is the input")
    func names() throws {
        let question = StateQuestion(name: "remaining", input: Payload(json: "7"))
        let expected = QueryCommand.Question.state(instanceID: "order-42", question)
        for command in [
            try read("order-42/query/remaining", body: "7"),
            try read("order-42/query", ["warren-name": "remaining"], body: "7"),
            try read(
                "x", ["warren-verb": "query", "warren-instance-id": "order-42", "warren-name": "remaining"], body: "7"),
        ] {
            guard case .query(let query) = command else {
                Issue.record("It is no query.")
                continue
            }
            #expect(query.question == expected)
        }
        guard case .update(let update) = try read("order-42/update/addItem", messageID: "m") else {
            Issue.record("It is no update.")
            return
        }
        #expect(update.name == "addItem" && update.input.isNull && update.context.messageKey != nil)
    }

    @Test("What is missing is named, with the remedy")
    func refusals() {
        #expect(reason("order-42/query")?.detail.contains("'<instance>/query/<name>'") == true)
        #expect(reason("order-42/update")?.reason == .badRoutingKey)
        #expect(reason("order-42/update/no name")?.reason == .badName)
        #expect(reason("order-42/query/remaining", replyTo: nil)?.reason == .badReplyTo)
        #expect(reason("@counter@x/update/add")?.reason == .badInstanceID)
        #expect(reason("order-42/update/addItem", replyTo: nil) == nil)
    }

    @Test("A structured body says the same")
    func structured() throws {
        let body = #"{"op":"update","instanceId":"order-42","name":"addItem","input":{"sku":7},"messageId":"m"}"#
        let message = InboundMessage.from(
            "", "shop.intake", body, .init(contentType: "application/vnd.warren+json"))
        guard case .update(let update) = try decoder.command(from: message).get() else {
            Issue.record("It is no update.")
            return
        }
        #expect(update.name == "addItem" && update.input.json == #"{"sku":7}"#)
    }

    @Test("A handler's failure and a validator's refusal are written as recorded and read back")
    func answers() throws {
        let address = Sample.reply.address
        let failed = ReplyMessage(
            address: address, status: .failure, instanceID: "order-42", body: FailureCodec.encode(Sample.failure))
        try GoldenFile.check("reply-failure", ReplyCodec.encode(failed))
        #expect(try ReplyCodec.decode(InboundMessage(ReplyCodec.encode(failed))).get() == failed)
        let refusal = Refusal(.updateRefused, "The orchestrator refuses the update: full")
        let refused = ReplyMessage(
            address: address, status: .rejected, instanceID: "order-42",
            body: ReplyCodec.body(of: refusal, failure: Sample.failure))
        try GoldenFile.check("reply-update-refused", ReplyCodec.encode(refused))
        let read = try ReplyCodec.decode(InboundMessage(ReplyCodec.encode(refused))).get()
        #expect(ReplyCodec.refusal(of: read) == refusal)
        #expect(ReplyCodec.failure(of: read) == Sample.failure)
    }
}
