import AMQPMessages
import Testing
import Warren

@testable import WarrenMessaging

@Suite struct IntakeDecoderTests {
    private let decoder = IntakeDecoder(hub: testHub, now: { Timestamp(microseconds: 1_000_000) })

    // MARK: - What naive clients send

    @Test func `amqp-publish sends a body and nothing else`() throws {
        let start = try start(.from("shop.start", "Hello", #"{"name":"Ada"}"#, MessageProperties(isPersistent: false)))
        #expect(start.name == "Hello")
        #expect(start.input.json == #"{"name":"Ada"}"#)
        #expect(start.instanceID.utf8.count == 36 && start.instanceID == start.instanceID.lowercased())
        #expect(start.context.messageKey == nil && start.context.reply == nil)
        #expect(start.ifExists == .ignore)
    }

    @Test func `amqp-publish sets headers as text`() throws {
        let headers: FieldTable = [
            "warren-instance-id": "h-1", "warren-message-id": "m-9", "warren-if-exists": "restart",
            "warren-delay-ms": "1500",
            "warren-tag-tenant": "a",
        ]
        let start = try start(.from("shop.start", "Hello", "1", MessageProperties(headers: headers)))
        #expect(start.instanceID == "h-1" && start.ifExists == .restart && start.tags == ["tenant": "a"])
        #expect(start.startAt == Timestamp(microseconds: 2_500_000))
        #expect(start.context.messageKey == "start/Hello/h-1//m-9")
    }

    @Test func `the version with which an instance begins is a header, and a member of a structured body`() throws {
        let message = { (version: FieldValue) in
            InboundMessage.from(
                "shop.start", "Hello", "1", MessageProperties(headers: ["warren-version": version], messageID: "m"))
        }
        #expect(try start(message("2.0")).version == "2.0")
        #expect(try start(message("")).version == nil)
        let structured = InboundMessage.from(
            "", "shop.intake", #"{"op":"start","name":"Hello","instanceId":"a","version":"2.0"}"#,
            MessageProperties(contentType: "application/vnd.warren+json"))
        #expect(try start(structured).version == "2.0")
        guard case .failure(let refusal) = decoder.command(from: message("2 0")) else {
            Issue.record("taken")
            return
        }
        #expect(refusal.reason == .badHeader && refusal.detail.contains("warren-version"))
        // Another version is other content under the same message ID; without one the hash is that of earlier hosts.
        let plain = InboundMessage.from("shop.start", "Hello", "1", MessageProperties(messageID: "m"))
        let hashes = try [message("2.0"), message("3.0"), message(""), plain].map { try start($0).context.bodyHash }
        #expect(Set(hashes).count == 3 && hashes[2] == hashes[3])
    }

    @Test func `how long a message may be held is a header, and a member of a structured body`() throws {
        let held = try start(.from("shop.start", "Hello", "1", MessageProperties(headers: ["warren-hold-ms": "250"])))
        #expect(held.context.holdLimit == 250)
        #expect(try start(.from("shop.start", "Hello", "1", MessageProperties())).context.holdLimit == nil)
        let structured = InboundMessage.from(
            "", "shop.intake", #"{"op":"start","name":"Hello","instanceId":"a","holdMs":0}"#,
            MessageProperties(contentType: "application/vnd.warren+json"))
        #expect(try start(structured).context.holdLimit == 0)
        let bad = InboundMessage.from(
            "shop.start", "Hello", "1", MessageProperties(headers: ["warren-hold-ms": "soon"]))
        guard case .failure(let refusal) = decoder.command(from: bad) else {
            Issue.record("taken")
            return
        }
        #expect(refusal.reason == .badHeader && refusal.detail.contains("warren-hold-ms"))
    }

    @Test func `kombu says JSON, UTF-8, persistent and priority 0`() throws {
        let properties = MessageProperties(
            contentType: "application/json", contentEncoding: "utf-8", isPersistent: true, priority: 0)
        #expect(try start(.from("shop.start", "Hello", "{}", properties)).input.json == "{}")
    }

    @Test func `aio-pika sends a random message ID, which names the instance for good`() throws {
        let message = InboundMessage.from("shop.start", "Billing", "{}", MessageProperties(messageID: "m-1"))
        let first = try start(message)
        #expect(first.instanceID == WireID.named("warren:shop/Billing/m-1"))
        #expect(try start(message) == first)
        #expect(first.context.messageKey == "start/Billing/\(first.instanceID)//m-1")
    }

    @Test func `two publishers that count alike are two`() throws {
        let one = try start(.from("shop.start", "B", "1", MessageProperties(messageID: "1", appID: "a")))
        let two = try start(.from("shop.start", "B", "1", MessageProperties(messageID: "1", appID: "b")))
        #expect(one.instanceID != two.instanceID)
        #expect(one.context.messageKey != two.context.messageKey)
    }

    @Test(
        arguments: [
            (nil, "hello there", "\"hello there\""), (nil, "", "null"), (nil, "[1]", "[1]"),
            ("text/plain", "42", "\"42\""),
            ("text/plain; charset=UTF-8", "a\nb", "\"a\\nb\""), ("application/json; charset=\"utf-8\"", " 1 ", " 1 "),
            ("application/problem+json", "{}", "{}"), ("TEXT/JSON", "true", "true"),
            ("application/cloudevents+json", #"{"type":"T","source":"s","id":"1","data":{"a":1}}"#, #"{"a":1}"#),
            ("application/json", "", "null"),
        ] as [(String?, String, String)])
    func `a body is taken by its content type`(type: String?, body: String, payload: String) throws {
        let start = try start(.from("shop.start", "A", body, MessageProperties(contentType: type)))
        #expect(start.input.json == payload)
    }

    @Test func `a cloud event names the message, and what nothing else names`() throws {
        let event = #"{"type":"Approved","source":"/shop","id":"7","data":true}"#
        let raise = try raise(
            .from(
                "shop.event", "order-42/", event, MessageProperties(contentType: "application/cloudevents+json")))
        #expect(raise.eventName == "Approved" && raise.payload.json == "true")
        #expect(raise.context.messageKey == "raise/order-42/Approved///shop/7")
    }

    @Test func `an event's target is the routing key up to the last slash`() throws {
        let raise = try raise(.from("shop.event", "order-42/Approved", #"{"by":"ann"}"#))
        #expect(raise.instanceID == "order-42" && raise.eventName == "Approved")
        let headers: FieldTable = ["warren-instance-id": "o-1", "warren-event": "Paid"]
        let twin = try self.raise(.from("shop.event", "ignored", "", MessageProperties(headers: headers)))
        #expect(twin.instanceID == "o-1" && twin.eventName == "Paid" && twin.payload == .null)
        let typed = try self.raise(
            .from("shop.event", "", "", MessageProperties(headers: ["warren-instance-id": "o-1"], type: "Paid")))
        #expect(typed.eventName == "Paid")
    }

    @Test(
        arguments: [
            ("\"too late\"", nil, "too late"), (#"{"reason":"x"}"#, "application/json", "x"), ("", nil, nil),
            ("just so", nil, "just so"), ("{}", nil, nil), ("null", nil, nil), ("plain", "text/plain", "plain"),
        ] as [(String, String?, String?)])
    func `a reason comes as text, as an object, or not`(body: String, type: String?, reason: String?) throws {
        for verb in ControlCommand.Verb.allCases {
            let message = InboundMessage.from(
                "shop.control", "order-42/\(verb.rawValue)", body,
                MessageProperties(contentType: type, headers: ["warren-before-event": .int64(3)]))
            guard case .control(let control) = try decoder.command(from: message).get() else {
                Issue.record("no control command")
                return
            }
            #expect(control.verb == verb && control.instanceID == "order-42" && control.reason == reason)
        }
    }

    @Test func `questions are asked through the control exchange`() throws {
        var properties = MessageProperties(correlationID: "c", replyTo: "amq.rabbitmq.reply-to.g1.x")
        let address = ReplyAddress(queue: "amq.rabbitmq.reply-to.g1.x", correlationID: "c")
        #expect(try query("order-42/wait", properties) == QueryCommand(.wait(instanceID: "order-42"), reply: address))
        #expect(try query("hub/describe", properties) == QueryCommand(.describe, reply: address))
        properties.headers["warren-history"] = "true"
        #expect(
            try query("order-42/status", properties)
                == QueryCommand(.status(instanceID: "order-42", includeHistory: true), reply: address))
    }

    @Test func `a message to the queue itself says what it is in a header or in its body`() throws {
        let headers: FieldTable = ["warren-op": "raise", "warren-instance-id": "o-1", "warren-event": "Paid"]
        #expect(try raise(.from("", "shop.intake", "1", MessageProperties(headers: headers))).eventName == "Paid")
        let structured = MessageProperties(contentType: "application/vnd.warren+json")
        let body =
            #"{"op":"start","name":"Billing","instanceId":"o-1","input":{"a":[1]},"tags":{"t":"v"},"delayMs":1000}"#
        let start = try start(.from("", "shop.intake", body, structured))
        #expect(start.name == "Billing" && start.instanceID == "o-1" && start.input.json == #"{"a":[1]}"#)
        #expect(start.tags == ["t": "v"] && start.startAt == Timestamp(microseconds: 2_000_000))
        let stop = try decoder.command(
            from: .from("", "shop.intake", #"{"op":"terminate","instanceId":"o-1","reason":"x"}"#, structured)
        ).get()
        guard case .control(let control) = stop else {
            Issue.record("no control command")
            return
        }
        #expect(control.verb == .terminate && control.reason == "x")
    }

    @Test func `the answer's correlation is the publisher's, or else something that he knows`() throws {
        func correlation(_ properties: MessageProperties) throws -> String? {
            var properties = properties
            properties.replyTo = "reply.web"
            properties.headers["warren-instance-id"] = "o-1"
            return try start(.from("shop.start", "A", "1", properties)).context.reply?.correlationID
        }
        #expect(try correlation(.init(correlationID: "c", messageID: "m")) == "c")
        #expect(try correlation(.init(headers: ["warren-correlation-id": "h"], messageID: "m")) == "h")
        #expect(try correlation(.init(messageID: "m")) == "m")
        #expect(try correlation(.init()) == "o-1")
        #expect(try correlation(.init(headers: ["warren-reply": "none"])) == nil)
    }

    @Test func `the body hash tells other content apart and repeats for the same`() throws {
        func hash(_ body: String, _ headers: FieldTable = [:]) throws -> Int64 {
            try start(.from("shop.start", "A", body, .init(headers: headers, messageID: "m"))).context.bodyHash
        }
        #expect(try hash("1") == hash("1"))
        #expect(try hash("1") != hash("2"))
        #expect(try hash("1") != hash("1", ["warren-if-exists": "fail"]))
        #expect(try hash("1") != hash("1", ["warren-tag-a": "b"]))
    }

    // MARK: - Bad input

    @Test(arguments: Refused.all)
    func `bad input is refused with its reason and the field`(input: Refused) {
        switch decoder.command(from: input.message) {
        case .success(let command): Issue.record("taken as \(command)")
        case .failure(let refusal):
            #expect(refusal.reason == input.reason)
            #expect(refusal.detail.contains(input.field), "\(refusal.detail)")
        }
    }

    @Test func `whoever is refused is told, if he can be trusted with an answer`() {
        let good = InboundMessage.from("shop.start", "a b", "", .init(correlationID: "c", replyTo: "reply.web"))
        #expect(decoder.replyAddress(of: good) == ReplyAddress(queue: "reply.web", correlationID: "c"))
        let bad = InboundMessage.from("shop.start", "a b", "", .init(correlationID: "c", replyTo: "shop.intake"))
        #expect(decoder.replyAddress(of: bad) == nil)
        // The header that says when to answer may be what is wrong.
        let misspelt = InboundMessage.from(
            "shop.start", "A", "",
            .init(headers: ["warren-reply": "compleeted"], correlationID: "c", replyTo: "reply.web"))
        #expect(decoder.replyAddress(of: misspelt) == ReplyAddress(queue: "reply.web", correlationID: "c"))
    }

    private func start(_ message: InboundMessage) throws -> StartCommand {
        guard case .start(let start) = try decoder.command(from: message).get() else {
            throw Refusal(.poison, "no start")
        }
        return start
    }

    private func raise(_ message: InboundMessage) throws -> RaiseCommand {
        guard case .raise(let raise) = try decoder.command(from: message).get() else {
            throw Refusal(.poison, "no event")
        }
        return raise
    }

    private func query(_ key: String, _ properties: MessageProperties) throws -> QueryCommand {
        let command = try decoder.command(from: .from("shop.control", key, "", properties)).get()
        guard case .query(let query) = command else { throw Refusal(.poison, "no query") }
        return query
    }
}

extension QueryCommand {
    fileprivate init(_ question: Question, reply: ReplyAddress) {
        self.init(question, context: CommandContext(reply: reply))
    }
}
