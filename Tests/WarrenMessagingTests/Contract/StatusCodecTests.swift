import Testing
import Warren
import WarrenMessaging

@Suite("Statuses on the wire", .timeLimit(.minutes(1)))
struct StatusCodecTests {
    private static var plain: OrchestrationStatus {
        OrchestrationStatus(
            name: "Billing", instanceID: "ä \"quoted\" \u{1}", executionID: "x", runtimeStatus: .pending,
            createdAt: Timestamp(microseconds: -1), lastUpdatedAt: Timestamp(microseconds: .max))
    }

    private static var full: OrchestrationStatus {
        var status = OrchestrationStatus(
            name: "Billing", instanceID: "order-42", executionID: "x-1", runtimeStatus: .failed,
            createdAt: Timestamp(microseconds: 1), lastUpdatedAt: Timestamp(microseconds: 2),
            input: Payload(json: "{\"n\":1.50,\"t\":\"\\u00e4\"}"), output: Payload(json: "5e0"),
            customStatus: Payload(json: "[1,2]"),
            failure: FailureDetails(
                type: "Declined", message: "no", stack: "at x", details: Payload(json: "{\"a\":1}"),
                inner: [FailureDetails(type: "Inner", message: "deep")], isNonRetriable: true),
            tags: ["b": "2", "a": "1/2"], openTasks: ["activity Charge #3", "event Go"],
            scheduledStart: Timestamp(microseconds: 5))
        status.parentID = "parent"
        status.omitted = ["input"]
        status.waits = [
            OpenWait(
                kind: .activity, name: "Charge", since: Timestamp(microseconds: 7), number: 3,
                heartbeat: Payload(json: "{\"row\":7}")),
            OpenWait(kind: .child, name: "C", until: Timestamp(microseconds: 9), instanceID: "c"),
        ]
        status.furtherWaits = 4
        status.version = "2.1"
        status.bodyEnd = .completed
        status.suspension = Suspension(cause: .byOperator, reason: "look", since: Timestamp(microseconds: 3))
        return status
    }

    @Test("A status is written as its Codable conformance writes it, and both read what the other wrote")
    func sameBytes() throws {
        for status in [Self.plain, Self.full] {
            let slow = try QueryReplyCodec.encode(status)
            let fast = try StatusCodec.encode(status)
            #expect(fast.json == slow.json)
            #expect(try StatusCodec.decode(JSONNode(slow)) == status)
            #expect(try QueryReplyCodec.decode(OrchestrationStatus.self, from: fast) == status)
        }
    }

    @Test(
        "IDs have the spelling of the reference, and the former one beside it, which is read where the other is missing"
    )
    func spelling() throws {
        var former = try StatusCodec.encode(Self.full).json
        for (word, old, value) in [
            ("instanceId", "instanceID", "order-42"), ("executionId", "executionID", "x-1"),
            ("instanceId", "instanceID", "c"),
        ] {
            #expect(former.contains("\"\(old)\":\"\(value)\",\"\(word)\":\"\(value)\""))
            former = former.replacing("\"\(word)\":\"\(value)\",", with: "")
        }
        // This is what a host of the version before answers.
        #expect(!former.contains("Id\""))
        #expect(try StatusCodec.decode(JSONNode(Payload(json: former))) == Self.full)
        #expect(try QueryReplyCodec.decode(OrchestrationStatus.self, from: Payload(json: former)) == Self.full)
    }

    @Test("Every value of a status is written: a new one is not forgotten where the members are named one by one")
    func complete() throws {
        var status = Self.full
        (status.history, status.historyNext, status.historyEnd) = ([Payload(json: "{}")], "1.0", "2.0")
        guard case .object(let members) = try JSONValue(QueryReplyCodec.encode(status)) else { return }
        #expect(members.count == Mirror(reflecting: status).children.count + 2)
        #expect(try QueryReplyCodec.decode(OrchestrationStatus.self, from: QueryReplyCodec.encode(status)) == status)
        let wait = OpenWait(
            kind: .activity, name: "C", since: Timestamp(microseconds: 1), until: Timestamp(microseconds: 2),
            instanceID: "c", number: 3, heartbeat: Payload(json: "4"))
        guard case .object(let parts) = try JSONValue(QueryReplyCodec.encode(wait)) else { return }
        #expect(parts.count == Mirror(reflecting: wait).children.count + 1)
    }

    @Test(
        "A status without a member that it needs, or with one of another kind, is not read",
        arguments: ["name", "instanceId", "executionId", "runtimeStatus", "createdAt", "lastUpdatedAt"])
    func unreadable(member: String) throws {
        guard case .object(var members) = try JSONValue(StatusCodec.encode(Self.plain)) else { return }
        members[member] = nil
        members[member.replacing("Id", with: "ID")] = nil
        #expect(throws: (any Error).self) { try StatusCodec.decode(JSONNode(Payload(.object(members)))) }
        members[member] = .string("Sleepy")
        members["tags"] = .object(["a": .bool(true)])
        #expect(throws: (any Error).self) { try StatusCodec.decode(JSONNode(Payload(.object(members)))) }
    }

    @Test("An answer about several instances keeps their order, and leaves out what it has no room for")
    func answers() throws {
        let entries: [StatusesCodec.Entry] = [.status(Self.plain), .unknown, .askAlone, .status(Self.full)]
        let whole = try StatusesCodec.encode(answer: entries, bytes: 1 << 20)
        #expect(try StatusesCodec.decode(answer: whole, count: 4) == entries)
        let room = try StatusCodec.encode(Self.plain).bytes.count + 40
        let cut = try StatusesCodec.encode(answer: entries, bytes: room)
        #expect(cut.bytes.count <= room)
        #expect(try StatusesCodec.decode(answer: cut, count: 4) == [entries[0], .unknown, .askAlone, .askAlone])
        #expect(throws: (any Error).self) { try StatusesCodec.decode(answer: whole, count: 3) }
    }
}
