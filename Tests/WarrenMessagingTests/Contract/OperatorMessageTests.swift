import AMQPMessages
import Testing
import Warren

@testable import WarrenMessaging

/// Operators' commands, policies of starts, and events that start, as publishers send them and as partitions get them.
@Suite("Messages of operators", .timeLimit(.minutes(1)))
struct OperatorMessageTests {
    private let decoder = IntakeDecoder(hub: testHub)
    private let codec = PartitionCodec(hub: testHub, signer: testSigner)

    private func control(
        _ key: String, _ headers: FieldTable = [:], body: String = ""
    ) throws -> ControlCommand? {
        let command = try decoder.command(from: .from("shop.control", key, body, .init(headers: headers))).get()
        guard case .control(let control) = command else { return nil }
        return control
    }

    private func refusal(_ exchange: String, _ key: String, _ headers: FieldTable, body: String = "") -> Refusal? {
        if case .failure(let refusal) = decoder.command(from: .from(exchange, key, body, .init(headers: headers))) {
            return refusal
        }
        return nil
    }

    @Test("Verbs have their headers, and their defaults")
    func headers() throws {
        let plain = try #require(try control("order-1/terminate"))
        #expect(!plain.isRecursive)
        #expect(try control("order-1/terminate", ["warren-recursive": "yes"])?.isRecursive == true)
        #expect(try control("order-1/purge")?.isRecursive == true)
        #expect(try control("order-1/purge", ["warren-recursive": false])?.isRecursive == false)
        #expect(try control("order-1/rewind", body: "\"why\"")?.reason == "why")
        let reset = try #require(
            try control("order-1/reset", ["warren-before-event": "12", "warren-drop-events": true]))
        #expect(reset.verb == .reset && reset.beforeEvent == 12 && reset.dropsEvents && !reset.isRecursive)
        #expect(try control("order-1/restart")?.newInstanceID == nil)
        #expect(try control("order-1/restart", ["warren-new-instance-id": "order-2"])?.newInstanceID == "order-2")
    }

    @Test("What cannot be is refused with the header's name")
    func refusals() {
        let reset = refusal("shop.control", "order-1/reset", [:])
        #expect(reset?.reason == .badHeader && reset?.detail.contains("warren-before-event") == true)
        #expect(refusal("shop.control", "order-1/reset", ["warren-before-event": .int64(0)])?.reason == .badHeader)
        #expect(refusal("shop.control", "order-1/restart", ["warren-new-instance-id": "a/b"])?.reason == .badInstanceID)
        #expect(refusal("shop.control", "order-1/restart", ["warren-new-instance-id": "order-1"])?.reason == .badHeader)
        #expect(refusal("shop.control", "order-1/suspend", ["warren-recursive": "maybe"])?.reason == .badHeader)
        #expect(refusal("shop.start", "Billing", ["warren-if-exists": "rewind"])?.reason == .badHeader)
        #expect(refusal("shop.event", "order-1/Go", ["warren-start": "no name"])?.reason == .badName)
        #expect(
            refusal("shop.event", "order-1/Go", ["warren-start": "Billing", "warren-start-input": "{"])?.reason
                == .badHeader)
        #expect(
            refusal(
                "shop.event", "order-1/Go", ["warren-start": "Billing", "warren-start-input": "@members"], body: "1")?
                .reason == .invalidJSON)
        #expect(
            refusal("shop.event", "order-1/Go", ["warren-start": "Billing", "warren-if-exists": "replace-always"])?
                .reason == .badHeader)
    }

    @Test(
        "Policies have their words; the first of them for a replacement is still read",
        arguments: [
            ("ignore", StartCommand.ExistingPolicy.ignore), ("fail", .fail), ("restart", .restart),
            ("replace-finished", .restart), ("Replace-Always", .replaceAlways),
        ])
    func policies(word: String, policy: StartCommand.ExistingPolicy) throws {
        let command = try decoder.command(
            from: .from("shop.start", "Billing", "1", .init(headers: ["warren-if-exists": .string(word)]))
        ).get()
        guard case .start(let start) = command else {
            Issue.record("\(command)")
            return
        }
        #expect(start.ifExists == policy)
    }

    @Test(
        "The input of an event's start has its place",
        arguments: [
            (nil, "5", "null", "5"), ("@body", "5", "5", "5"), (#"{"a":1}"#, "5", #"{"a":1}"#, "5"),
            ("@members", #"{"event":5,"input":[2]}"#, "[2]", "5"), ("@members", "{}", "null", "null"),
        ] as [(String?, String, String, String)])
    func places(place: String?, body: String, input: String, event: String) throws {
        var headers: FieldTable = ["warren-start": "Billing", "warren-tag-team": "blue"]
        if let place { headers["warren-start-input"] = .string(place) }
        let command = try decoder.command(from: .from("shop.event", "order-1/Go", body, .init(headers: headers))).get()
        guard case .raise(let raise) = command else {
            Issue.record("\(command)")
            return
        }
        #expect(raise.payload.json == event)
        #expect(raise.start?.name == "Billing" && raise.start?.input.json == input)
        #expect(raise.start?.tags == ["team": "blue"] && raise.start?.replacesFinished == false)
        #expect(try codec.decode(InboundMessage(codec.encode(command, partition: 0))).get() == command)
    }

    @Test("A structured body says the same")
    func structured() throws {
        func command(_ body: String) throws -> Command {
            try decoder.command(
                from: .from("", "shop.intake", body, .init(contentType: "application/vnd.warren+json"))
            ).get()
        }
        guard
            case .raise(let raise) = try command(
                #"{"op":"raise","instanceId":"i","event":"Go","input":5,"start":{"name":"Billing","input":[1],"ifExists":"replace-finished","tags":{"a":"b"}}}"#
            ),
            case .control(let reset) = try command(
                #"{"op":"reset","instanceId":"i","beforeEvent":3,"dropEvents":true,"recursive":true,"reason":"why"}"#),
            case .control(let restart) = try command(#"{"op":"restart","instanceId":"i","newInstanceId":"j"}"#)
        else {
            Issue.record("These are other commands.")
            return
        }
        #expect(raise.payload.json == "5")
        #expect(
            raise.start
                == EventStart(
                    name: "Billing", input: Payload(json: "[1]"), tags: ["a": "b"], replacesFinished: true))
        #expect(reset.beforeEvent == 3 && reset.dropsEvents && reset.isRecursive && reset.reason == "why")
        #expect(restart.newInstanceID == "j")
    }

    @Test("Another point, or another new ID, makes another message; what was sent before these had headers is the same")
    func hashes() throws {
        func hash(_ key: String, _ headers: FieldTable) throws -> Int64 {
            var headers = headers
            headers["warren-message-id"] = "m"
            return try #require(try control(key, headers)).context.bodyHash
        }
        #expect(
            try hash("i/reset", ["warren-before-event": .int64(1)])
                != hash("i/reset", ["warren-before-event": .int64(2)]))
        #expect(try hash("i/restart", [:]) != hash("i/restart", ["warren-new-instance-id": "j"]))
        #expect(try hash("i/terminate", [:]) != hash("i/terminate", ["warren-recursive": true]))
        var plain = StableHash()
        plain.add("terminate")
        plain.add("i")
        plain.add(nil as String?)
        #expect(try hash("i/terminate", [:]) == plain.result)
    }

    @Test("A child's call to rejoin comes to its partition whole; a value that fills the limit of nesting does, too")
    func partition() throws {
        var start = StartCommand(
            name: "Billing", instanceID: "c", ifExists: .rewind,
            parent: ParentInstance(name: "P", instanceID: "p", executionID: "e2", taskID: 4))
        start.formerExecutionID = "e1"
        start.reason = "why"
        #expect(try codec.decode(InboundMessage(codec.encode(.start(start), partition: 0))).get() == .start(start))
        let deep = Payload(json: String(repeating: "[", count: 64) + String(repeating: "]", count: 64))
        let raise = RaiseCommand(
            instanceID: "i", eventName: "Go", payload: deep, start: EventStart(name: "Billing", input: deep))
        #expect(try codec.decode(InboundMessage(codec.encode(.raise(raise), partition: 0))).get() == .raise(raise))
    }

    @Test("What clients send is what publishers may send")
    func encoder() throws {
        let encoder = RequestEncoder(hub: testHub, replyQueue: "reply.a")
        let ids = RequestIDs(messageID: "m", correlationID: "c")
        let reset = ControlCommand(
            instanceID: "i", verb: .reset, reason: "r", isRecursive: true, beforeEvent: 4, dropsEvents: true)
        let raise = RaiseCommand(
            instanceID: "i", eventName: "Go", payload: Payload(json: "1"),
            start: EventStart(name: "Billing", input: Payload(json: "2"), tags: ["a": "b"], replacesFinished: true))
        guard
            case .control(var control) = try decoder.command(
                from: InboundMessage(encoder.control(reset, reply: .accepted, ids: ids))
            ).get(),
            case .raise(var raised) = try decoder.command(
                from: InboundMessage(encoder.raise(raise, reply: .accepted, ids: ids))
            ).get()
        else {
            Issue.record("These are other commands.")
            return
        }
        control.context = CommandContext()
        raised.context = CommandContext()
        #expect(control == reset)
        #expect(raised == raise)
    }

    @Test("A reply names the children that a reset has cut off, a thousand at the most")
    func children() throws {
        func reply(_ children: [String]) -> ReplyMessage {
            ReplyMessage(
                address: ReplyAddress(queue: "reply.a", correlationID: "c"), status: .accepted, instanceID: "i",
                body: ReplyCodec.accepted("i", children: children))
        }
        #expect(ReplyCodec.children(of: reply(["a", "b\"c"])) == ["a", "b\"c"])
        #expect(ReplyCodec.children(of: reply([])) == [])
        let many = reply((0..<1500).map { "c\($0)" })
        #expect(ReplyCodec.children(of: many).count == 1000)
        #expect(many.body.json.contains("\"moreChildren\":true"))
    }
}
