import AMQPMessages
import TestSupport
import Testing
import Warren

@testable import WarrenMessaging

/// Every message that Warren publishes, byte by byte, and read back.
@Suite struct GoldenTests {
    private let partition = PartitionCodec(hub: testHub, signer: testSigner)

    @Test(arguments: Sample.commands.indices)
    func `a command to a partition is written as recorded and read back as it was`(index: Int) throws {
        let (name, command) = Sample.commands[index]
        let message = partition.encode(command, partition: 3)
        try GoldenFile.check(name, message)
        #expect(try partition.decode(InboundMessage(message)).get() == command)
    }

    @Test func `a work item is written as recorded and read back`() throws {
        let codec = WorkItemCodec(hub: testHub)
        let message = codec.encode(Sample.workItem, replyTo: "shop.partition.03", signer: testSigner)
        try GoldenFile.check("work-item", message)
        let received = try WorkItemCodec(hub: testHub).decode(InboundMessage(message)).get()
        #expect(received.item == Sample.workItem)
        #expect(received.replyTo == "shop.partition.03")
        #expect(testSigner.verify(received.correlationID) == Sample.token)
    }

    @Test func `a work item with limits, attempts and an earlier heartbeat is written as recorded and read back`()
        throws
    {
        var item = Sample.workItem
        item.retryAttempt = 3
        item.timeouts = ActivityTimeouts(
            scheduleToStart: .seconds(5), startToClose: .minutes(1), heartbeat: .seconds(10), total: .hours(1))
        item.previousHeartbeat = Payload(json: "{\"row\":3}")
        let message = WorkItemCodec(hub: testHub).encode(item, replyTo: "shop.partition.03", signer: testSigner)
        try GoldenFile.check("work-item-terms", message)
        #expect(try WorkItemCodec(hub: testHub).decode(InboundMessage(message)).get().item == item)
    }

    @Test func `a work item of an activity with limits has its place in its headers`() throws {
        var item = Sample.workItem
        item.order = CallOrder(priority: 7, fairnessKey: "acme")
        let message = WorkItemCodec(hub: testHub).encode(item, replyTo: "shop.partition.03", signer: testSigner)
        try GoldenFile.check("work-item-order", message)
        #expect(try WorkItemCodec(hub: testHub).decode(InboundMessage(message)).get().item == item)
    }

    @Test(arguments: [
        (
            "cancellation-call", WorkCancellation.Subject.call(correlationID: "mac.3.7.2.e1order-42"),
            "reply.worker" as String?
        ),
        ("cancellation-execution", .execution("e1"), nil),
    ])
    func `a cancellation is written as recorded and read back`(
        name: String, subject: WorkCancellation.Subject, worker: String?
    ) throws {
        let codec = WorkCancellationCodec(hub: testHub)
        let cancellation = WorkCancellation(subject, .ended, instanceID: "order-42")
        let message = codec.encode(cancellation, to: worker)
        try GoldenFile.check(name, message)
        #expect(codec.decode(InboundMessage(message)) == cancellation)
        #expect(codec.decode(InboundMessage(ReplyCodec.encode(Sample.reply))) == nil)
    }

    @Test(arguments: [
        ("not JSON at all", "cannot be kept"), (String(repeating: " ", count: 4097), "4097 bytes"), ("null", nil),
        ("", nil), ("{\"row\":3}", "{\"row\":3}"),
    ])
    func `a heartbeat counts whatever its body is`(body: String, kept: String?) throws {
        var message = WorkResultCodec(hub: testHub).encode(
            .heartbeat(lease: .seconds(90)), replyTo: "shop.partition.03", correlationID: testSigner.sign(Sample.token))
        message.body = Array(body.utf8)
        guard case .workResult(let result) = try partition.decode(InboundMessage(message)).get(),
            case .heartbeat(.seconds(90), let details, nil) = result.outcome
        else { return #expect(Bool(false), "it is no heartbeat") }
        #expect(kept.map { details?.json.contains($0) == true } ?? (details == nil))
    }

    @Test(arguments: [
        ("result-ok", WorkResult.Outcome.completed(Payload(json: "\"done\""))),
        ("result-failed", .failed(Sample.failure)), ("result-heartbeat", .heartbeat(lease: .seconds(90))),
        (
            "result-heartbeat-details",
            .heartbeat(
                lease: .seconds(90), details: Payload(json: "{\"row\":3}"), worker: "shop.activity.@worker.host/1a")
        ),
        ("result-released", .released),
    ])
    func `a worker's answer is written as recorded and read back`(name: String, outcome: WorkResult.Outcome) throws {
        let message = WorkResultCodec(hub: testHub).encode(
            outcome, replyTo: "shop.partition.03", correlationID: testSigner.sign(Sample.token), attempt: 2)
        try GoldenFile.check(name, message)
        #expect(message.exchange == "shop.result")
        let command = try partition.decode(InboundMessage(message)).get()
        #expect(command == .workResult(WorkResult(token: Sample.token, outcome: outcome, attempt: 2)))
    }

    @Test func `a lifecycle message is written as recorded and read back`() throws {
        let codec = LifecycleCodec(hub: testHub)
        let message = codec.encode(Sample.lifecycle)
        try GoldenFile.check("lifecycle", message)
        #expect(try LifecycleMessage(reading: InboundMessage(message)) == Sample.lifecycle)
    }

    @Test func `a console line is plain text without control characters`() throws {
        let codec = ConsoleCodec(hub: testHub)
        let message = codec.encode(Sample.console)
        try GoldenFile.check("console", message)
        #expect(message.body.dropLast().allSatisfy { $0 >= 0x20 })
        var expected = Sample.console
        expected.text = #"charging 42 €\u{1b}[31m\nred"#
        #expect(try codec.decode(InboundMessage(message)).get() == expected)
    }

    @Test func `a reply is written as recorded and read back`() throws {
        let message = ReplyCodec.encode(Sample.reply)
        try GoldenFile.check("reply", message)
        #expect(try ReplyCodec.decode(InboundMessage(message)).get() == Sample.reply)
        let refusal = Refusal(.badName, "say \"please\"")
        let rejection = ReplyCodec.rejection(refusal, to: Sample.reply.address)
        try GoldenFile.check("reply-rejected", ReplyCodec.encode(rejection))
        let read = try ReplyCodec.decode(InboundMessage(ReplyCodec.encode(rejection))).get()
        #expect(ReplyCodec.refusal(of: read) == refusal)
    }

    @Test func `a dead letter keeps the original and tells its story`() throws {
        let original = InboundMessage.from(
            "shop.start", "Bill ing", "{\"order\":42}",
            MessageProperties(
                contentType: "application/json",
                headers: [
                    "warren-instance-id": "order-42", "CC": .array(["x"]), "x-delivery-count": 3, "other": "y",
                    "traceparent": "00-1-2-01",
                ], priority: 9, correlationID: "c", replyTo: "reply.web", expiration: "5", messageID: "m-1",
                userID: "web",
                appID: "app"))
        let codec = DeadLetterCodec(hub: testHub)
        let message = codec.encode(original, Refusal(.badName, "no"), host: "host-1", partition: 3, at: Sample.time)
        try GoldenFile.check("dead-letter", message)
        let letter = try codec.decode(InboundMessage(message)).get()
        #expect(letter.reason == "bad-name" && letter.detail == "no" && letter.host == "host-1")
        #expect(letter.partition == 3 && letter.userID == "web" && letter.deliveryCount == 3)
        let redriven = try #require(codec.redrive(letter))
        #expect(redriven.exchange == "shop.start" && redriven.routingKey == "Bill ing")
        #expect(redriven.body == original.body)
        #expect(redriven.properties.headers == ["warren-instance-id": "order-42", "traceparent": "00-1-2-01"])
        #expect(redriven.properties.priority == nil && redriven.properties.replyTo == nil)
    }

    @Test func `an oversized body is cut in the dead letter and cannot be redriven`() throws {
        let original = InboundMessage(
            exchange: "shop.start", routingKey: "A", body: Array(repeating: 1, count: 2 << 20))
        let codec = DeadLetterCodec(hub: testHub)
        let detail = String(repeating: "€", count: 1000)
        let message = codec.encode(original, Refusal(.tooLarge, detail), host: "h", at: Sample.time)
        #expect(message.body.count == 4096)
        let letter = try codec.decode(InboundMessage(message)).get()
        #expect(letter.bodyBytes == 2 << 20)
        #expect(letter.detail == String(repeating: "€", count: 341))
        #expect(codec.redrive(letter) == nil)
    }

    @Test(arguments: [("owner", "/var/lib/shop"), ("owner-in-memory", nil)])
    func `an owner's record is written as recorded and read back`(name: String, directory: String?) throws {
        let record = OwnerRecord(
            storeID: "0123456789abcdef", host: "web-1", process: 42, dataDirectory: directory, since: Sample.time)
        let message = OwnerCodec.encode(record, id: "id-1", queue: "shop.owner.03")
        try GoldenFile.check(name, message)
        #expect(OwnerCodec.decode(InboundMessage(message)) == .record(record))
        let probe = OwnerCodec.probe(id: "id-2", queue: "shop.owner.03")
        try GoldenFile.check("owner-probe", probe)
        #expect(OwnerCodec.decode(InboundMessage(probe)) == .probe)
        #expect(OwnerCodec.decode(InboundMessage(exchange: "", routingKey: "")) == .foreign)
        // A record that cannot be read is still somebody's, and stays so.
        let unreadable = InboundMessage(exchange: "", routingKey: "", properties: .init(type: WireType.owner))
        guard case .record(let unknown) = OwnerCodec.decode(unreadable) else {
            Issue.record("an unreadable record counts as none")
            return
        }
        #expect(unknown.storeID.isEmpty && !unknown.isVolatile)
    }

    @Test func `answers to queries come back as they were`() throws {
        let description = HubDescription(
            hub: "shop", partitionCount: 4, orchestrations: ["Billing"], activities: ["Charge"], version: "0.1")
        #expect(try QueryReplyCodec.decode(from: QueryReplyCodec.encode(description)) == description)
        let status = OrchestrationStatus(
            name: "Billing", instanceID: "order-42", executionID: "e1", runtimeStatus: .running, createdAt: Sample.time,
            lastUpdatedAt: Sample.time, failure: Sample.failure, tags: ["a": "b"], openTasks: ["activity Charge #3"])
        let list = InstanceListReply(instances: [status], next: .init(createdAt: Sample.time, instanceID: "order-42"))
        #expect(try QueryReplyCodec.decode(from: QueryReplyCodec.encode(list)) == list)
    }
}
