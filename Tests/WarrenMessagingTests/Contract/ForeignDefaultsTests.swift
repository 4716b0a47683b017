import AMQPMessages
import Testing

@testable import Warren
@testable import WarrenMessaging

/// What clients of other languages send when nothing is said, and what comes of it.
@Suite struct ForeignDefaultsTests {
    private let decoder = IntakeDecoder(
        hub: testHub, knows: { ["Hello", "acme.Order"].contains($0) }, now: { Timestamp(microseconds: 1_000_000) })

    private func reading(_ message: InboundMessage) throws -> IntakeDecoder.Reading { try decoder.read(message).get() }

    private func start(_ message: InboundMessage) throws -> StartCommand {
        guard case .start(let start)? = try reading(message).commands.first else { throw Refusal(.poison, "no start") }
        return start
    }

    private func raise(_ message: InboundMessage) throws -> RaiseCommand {
        guard case .raise(let raise)? = try reading(message).commands.first else { throw Refusal(.poison, "no event") }
        return raise
    }

    // MARK: - Bodies

    @Test(
        arguments: [
            // Ruby Bunny, Java BASIC, Perl.
            ("application/octet-stream", nil, #"["Tokyo"]"#, #"["Tokyo"]"#),
            ("Application/Octet-Stream; charset=binary", nil, "plain", #""plain""#),
            // kombu's bytes with a content type of one's own.
            ("application/json", "binary", "[1]", "[1]"), (nil, "BINARY", "[1]", "[1]"), (nil, "8bit", "[1]", "[1]"),
            // A byte order mark.
            (nil, nil, "\u{FEFF}[1]", "[1]"), ("application/json", "utf-8", "\u{FEFF}{}", "{}"),
            ("text/plain", nil, "\u{FEFF}hi", "\"hi\""), ("text/plain", nil, "\u{FEFF}", "null"),
            // Go, php-amqplib, Java TEXT_PLAIN, Spring.
            ("text/plain", nil, #"["Tokyo"]"#, #""[\"Tokyo\"]""#),
            // Python's str(list), and what json.dumps makes of float("nan").
            (nil, nil, "['Tokyo']", #""['Tokyo']""#), (nil, nil, "[NaN]", #""[NaN]""#),
            ("application/cloudevents+json", nil, "\u{FEFF}{\"data\":1}", "1"),
        ] as [(String?, String?, String, String)])
    func `a default is taken for what it is`(type: String?, encoding: String?, body: String, payload: String) throws {
        let properties = MessageProperties(contentType: type, contentEncoding: encoding)
        #expect(try start(.from("shop.start", "Hello", body, properties)).input.json == payload)
    }

    @Test func `how a payload arrived goes with it, to the partition as well`() throws {
        func origin(_ body: String, _ properties: MessageProperties) throws -> String? {
            let command = Command.start(try start(.from("shop.start", "Hello", body, properties)))
            let codec = PartitionCodec(hub: testHub, signer: testSigner)
            guard case .start(let again) = try codec.decode(InboundMessage(codec.encode(command, partition: 1))).get()
            else {
                throw Refusal(.poison, "no start")
            }
            return again.input.origin
        }
        #expect(try origin("x", .init(contentType: "text/plain")) == "sent as text/plain by exchange 'shop.start'")
        #expect(
            try origin("['x']", .init(appID: "billing"))
                == "sent without content_type by exchange 'shop.start', app_id 'billing'; the body was no JSON")
        #expect(
            try origin("[1]", .init(contentType: "application/json", userID: "ann"))
                == "sent as application/json by exchange 'shop.start', user_id 'ann'")
        // Of our own clients there is nothing to tell, and history stays small.
        #expect(
            try origin("[1]", .init(contentType: "application/json", headers: ["warren-reply": "accepted"])) == nil)
        let long = String(repeating: "ü", count: 100)
        let bounded = try #require(try origin("x", .init(contentType: "text/plain", appID: long)))
        #expect(bounded.utf8.count <= 200 && bounded.contains("üü"))
    }

    // MARK: - Cloud events and envelopes

    @Test(arguments: ["cloudEvents:", "cloudEvents_", "ce-"])
    func `a cloud event in binary mode counts once`(prefix: String) throws {
        let headers: FieldTable = [
            prefix + "id": "7", prefix + "source": "/shop", prefix + "type": "Paid", prefix + "specversion": "1.0",
        ]
        let start = try start(
            .from("shop.start", "Hello", "[1]", .init(contentType: "application/json", headers: headers)))
        #expect(start.context.messageKey == "start/Hello/\(start.instanceID)///shop/7")
        #expect(start.input.json == "[1]" && start.name == "Hello")
        let raise = try raise(
            .from("shop.event", "o-1/", "1", .init(contentType: "application/json", headers: headers)))
        #expect(raise.eventName == "Paid")
        let numbered = try self.start(
            .from("shop.start", "", "1", .init(headers: headers.merging([prefix + "id": 8]) { $1 })))
        #expect(numbered.name == "Paid" && numbered.context.messageKey?.hasSuffix("/shop/8") == true)
    }

    @Test func `each event of a batch is a message of its own`() throws {
        let batch = #"[{"id":"1","source":"/s","type":"T","data":[1]},{"id":"2","source":"/s"},{"data":3}]"#
        let commands = try reading(
            .from(
                "shop.start", "Hello", batch,
                .init(contentType: "application/cloudevents-batch+json; charset=utf-8", messageID: "m"))
        ).commands
        let starts = commands.compactMap { if case .start(let start) = $0 { start } else { nil } }
        #expect(starts.map(\.input.json) == ["[1]", "null", "3"])
        #expect(Set(starts.map(\.instanceID)).count == 3)
        #expect(starts.map { $0.context.messageKey?.suffix(4) } == ["/s/1", "/s/2", "/m#2"])
        #expect(
            (try? decoder.command(
                from: .from("shop.start", "Hello", batch, .init(contentType: "application/cloudevents-batch+json"))
            ).get()) == nil)
    }

    @Test func `of a MassTransit envelope the message is the input`() throws {
        let body = #"{"messageId":"0a1b","messageType":["urn:message:A:B"],"message":{"city":"Tokyo"},"headers":{}}"#
        let start = try start(
            .from("shop.start", "Hello", body, .init(contentType: "application/vnd.masstransit+json")))
        #expect(start.input.json == #"{"city":"Tokyo"}"#)
        #expect(start.context.messageKey == "start/Hello/\(start.instanceID)//0a1b")
    }

    // MARK: - Other ways in

    @Test func `what came through another exchange is what its headers say, else what its key says`() throws {
        #expect(try start(.from("acme", "Hello", "[1]")).name == "Hello")
        #expect(try start(.from("amq.topic", "acme.Order", "[1]")).name == "acme.Order")
        let event = try raise(.from("acme", "order.42/My Event.v2", "true"))
        #expect(event.instanceID == "order.42" && event.eventName == "My Event.v2")
        let named = try start(
            .from("acme", "a.b", "1", .init(headers: ["warren-op": "start", "warren-name": "Other"])))
        #expect(named.name == "Other")
        #expect(try start(.from("acme", "a.b", "1", .init(headers: ["warren-name": "Other"]))).name == "Other")
        let stop = try reading(
            .from(
                "acme", "stop.it", "why",
                .init(headers: ["warren-op": "terminate", "warren-instance-id": "o-1"]))
        ).commands
        guard case .control(let control)? = stop.first else {
            Issue.record("no control command")
            return
        }
        #expect(control.verb == .terminate && control.instanceID == "o-1" && control.reason == "why")
        let raised = try raise(
            .from("acme", "k", "1", .init(headers: ["warren-event": "Go", "warren-instance-id": "o-1"])))
        #expect(raised.eventName == "Go" && raised.instanceID == "o-1")
        // The key of a stranger's exchange is no orchestration's name unless there is one.
        let cloud = try start(
            .from(
                "acme", "orders.created", #"{"type":"Hello","data":1}"#,
                .init(contentType: "application/cloudevents+json")))
        #expect(cloud.name == "Hello" && cloud.input.json == "1")
    }

    @Test(
        arguments: [
            ("order-42.Approved", "order-42", "Approved"), ("order.42.Approved", "order.42", "Approved"),
            ("order.42/My Event.v2", "order.42", "My Event.v2"), ("order-42/Bestätigt", "order-42", "Bestätigt"),
            ("order-42/#", "order-42", "#"),
        ])
    func `an event's key is split at the slash, and for MQTT at the last dot`(
        key: String, instanceID: String, event: String
    ) throws {
        let raise = try raise(.from("shop.event", key, "true"))
        #expect(raise.instanceID == instanceID && raise.eventName == event)
    }

    @Test func `what a header does not say of an event, the whole key does`() throws {
        let instance = try raise(.from("shop.event", "order.42", "1", .init(headers: ["warren-event": "Go on"])))
        #expect(instance.instanceID == "order.42" && instance.eventName == "Go on")
        let name = try raise(.from("shop.event", "Go.v2", "1", .init(headers: ["warren-instance-id": "order.42"])))
        #expect(name.instanceID == "order.42" && name.eventName == "Go.v2")
    }

    // MARK: - Headers

    @Test(
        arguments: [
            (true, true), (1, true), (.int8(1), true), (.uint64(7), true), (.double(1), true), ("true", true),
            ("TRUE", true), ("1", true), ("yes", true), (" on ", true), (false, false), (0, false), (.double(0), false),
            ("0", false), ("no", false), ("False", false), ("", false), ("off", false),
        ] as [(FieldValue, Bool)])
    func `a flag comes in any of the ways to say yes and no`(value: FieldValue, isOn: Bool) throws {
        let message = InboundMessage.from(
            "shop.control", "o-1/status", "", .init(headers: ["warren-history": value], replyTo: "reply.a"))
        guard case .query(let query)? = try reading(message).commands.first else {
            Issue.record("no question")
            return
        }
        #expect(query.question == .status(instanceID: "o-1", includeHistory: isOn))
    }

    @Test(
        arguments: [
            ("1500", 1500), (" 1500 ", 1500), (.int16(1500), 1500), (.double(1500), 1500), (.float(1500), 1500),
            (.decimal(scale: 0, value: 1500), 1500),
        ] as [(FieldValue, Int64)])
    func `a whole number may be a text or a number of another kind`(value: FieldValue, number: Int64) throws {
        let start = try start(.from("shop.start", "Hello", "1", .init(headers: ["warren-delay-ms": value])))
        #expect(start.startAt == Timestamp(microseconds: 1_000_000 + number * 1000))
    }

    @Test func `no number that comes can trap`() {
        for value in [.double(.infinity), .double(.nan), .double(1e300), .float(.nan), "1e3", "", .double(1.5)]
            as [FieldValue]
        {
            let message = InboundMessage.from("shop.start", "Hello", "1", .init(headers: ["warren-delay-ms": value]))
            guard case .failure(let refusal) = decoder.read(message) else {
                Issue.record("taken: \(value)")
                continue
            }
            #expect(refusal.reason == .badHeader)
        }
    }

    @Test func `a time may be AMQP's own timestamp`() throws {
        let start = try start(
            .from("shop.start", "Hello", "1", .init(headers: ["warren-start-at": .timestamp(1_767_225_600)])))
        #expect(start.startAt == Timestamp(microseconds: 1_767_225_600_000_000))
        let far = InboundMessage.from(
            "shop.start", "Hello", "1", .init(headers: ["warren-start-at": .timestamp(.max)]))
        guard case .failure(let refusal) = decoder.read(far) else {
            Issue.record("taken")
            return
        }
        #expect(refusal.reason == .badHeader)
    }

    // MARK: - Replies

    @Test(
        arguments: [
            ("amq_0123456789abcdef", "amq_0123456789abcdef"),  // aio-pika
            ("7e1cbf9a-2f5c-4c57-a1a6-24ab1ff1b1d6", "7e1cbf9a-2f5c-4c57-a1a6-24ab1ff1b1d6"),  // kombu, Celery
            ("amq.gen-JzTY20BRgKO", "amq.gen-JzTY20BRgKO"), ("/queue/reply.x", "reply.x"),  // STOMP
            ("/reply-queue/amq.gen-x", "amq.gen-x"),
        ])
    func `an answer goes to the queue that a client library names`(replyTo: String, queue: String) throws {
        let reading = try reading(.from("shop.start", "Hello", "1", .init(correlationID: "c", replyTo: replyTo)))
        guard case .start(let start)? = reading.commands.first else {
            Issue.record("no start")
            return
        }
        #expect(start.context.reply == ReplyAddress(queue: queue, correlationID: "c"))
        #expect(reading.lostReply == nil)
    }

    @Test(
        arguments: [
            "shop.partition.00", "shop.intake", "/queue/shop.intake", "amq.rabbitmq.reply-to", "orders", "/topic/x",
            "7e1cbf9a-2f5c-4c57-a1a6-24ab1ff1b1dg", "reply.a\u{0}b",
        ])
    func `an answer that cannot go where it should is lost alone`(replyTo: String) throws {
        let reading = try reading(
            .from(
                "shop.start", "Hello", "1",
                .init(headers: ["warren-instance-id": "o-1"], correlationID: "c", replyTo: replyTo)))
        guard case .start(let start)? = reading.commands.first else {
            Issue.record("no start")
            return
        }
        #expect(start.context.reply == nil && start.input.json == "1")
        #expect(reading.lostReply?.reason == .badReplyTo)
        #expect(reading.lostReply?.detail.contains("The start for the instance 'o-1' was taken") == true)
        let unwanted = try self.reading(
            .from("shop.start", "Hello", "1", .init(headers: ["warren-reply": "none"], replyTo: replyTo)))
        #expect(unwanted.lostReply == nil)
    }

    @Test func `other queues may be allowed, the hub's own never are`() throws {
        let rules = ReplyRules(prefixes: ["answers", "shop", ""])
        #expect(rules.allows("answers", hub: testHub) && rules.allows("shopping", hub: testHub))
        #expect(!rules.allows("shop.intake", hub: testHub) && !rules.allows("other", hub: testHub))
    }

    @Test func `a letter about a lost answer is not sent again`() throws {
        let message = InboundMessage.from("shop.start", "Hello", "1", .init(replyTo: "orders"))
        let refusal = try #require(try reading(message).lostReply)
        let codec = DeadLetterCodec(hub: testHub)
        let at = Timestamp(microseconds: 0)
        let letter = try codec.decode(
            InboundMessage(codec.encode(message, refusal, host: "h", at: at, isTaken: true))
        ).get()
        #expect(letter.isTaken && codec.redrive(letter) == nil)
        let other = try codec.decode(InboundMessage(codec.encode(message, refusal, host: "h", at: at))).get()
        #expect(!other.isTaken && codec.redrive(other) != nil)
    }

    // MARK: - Answers of workers

    @Test(
        arguments: [
            (nil, #"{"a":1}"#, #"{"a":1}"#), ("application/octet-stream", "[1]", "[1]"),
            ("text/plain", #"{"a":1}"#, #""{\"a\":1}""#), ("text/plain", "", "null"), (nil, "{'a': 1}", #""{'a': 1}""#),
        ] as [(String?, String, String)])
    func `a worker's answer is taken as a body is`(type: String?, body: String, payload: String) throws {
        let result = try answer(body, .init(contentType: type))
        guard case .completed(let answer) = result.outcome else {
            Issue.record("\(result)")
            return
        }
        #expect(answer.json == payload)
        #expect(
            answer.origin?.hasPrefix(type.map { "sent as \($0) by a worker" } ?? "sent without content_type") == true)
    }

    @Test func `an answer that is nothing at all fails its activity for good`() throws {
        let result = try answer("<a/>", .init(contentType: "text/xml"))
        guard case .failed(let failure) = result.outcome else {
            Issue.record("\(result)")
            return
        }
        #expect(failure.type == "InvalidResult" && failure.isNonRetriable)
        #expect(failure.message.contains("'text/xml' is not taken"))
    }

    private func answer(_ body: String, _ properties: MessageProperties) throws -> WorkResult {
        var properties = properties
        properties.correlationID = testSigner.sign(
            TaskToken(partition: 1, instanceID: "i", executionID: "e", taskID: 3))
        let codec = PartitionCodec(hub: testHub, signer: testSigner)
        guard
            case .workResult(let result) = try codec.decode(.from("shop.result", "shop.partition.01", body, properties))
                .get()
        else { throw Refusal(.poison, "no result") }
        return result
    }
}
