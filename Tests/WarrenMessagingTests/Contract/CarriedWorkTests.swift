import AMQPMessages
import Testing
import Warren

@testable import WarrenMessaging

/// Work items and answers that stay values inside a process: they are what their messages would be decoded to.
@Suite("Work that is carried as values", .timeLimit(.minutes(1)))
struct CarriedWorkTests {
    private static let queue = "shop.partition.03"
    private let codec = WorkItemCodec(hub: testHub)

    private func decoded(_ item: WorkItem) -> Result<WorkItem, Refusal> {
        codec.decode(InboundMessage(message(item))).map(\.item)
    }

    private func message(_ item: WorkItem) -> OutboundMessage {
        codec.encode(item, replyTo: Self.queue, signer: testSigner)
    }

    /// Items of all kinds that are carried.
    private static let carried: [WorkItem] = {
        var again = Sample.workItem
        again.attempt = 7
        again.retryAttempt = 3
        again.takesReferences = true
        var traced = Sample.workItem
        traced.trace = TraceContext(
            traceparent: "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01", tracestate: "vendor=1",
            baggage: "customer=acme")
        var reference = Sample.workItem
        reference.takesReferences = true
        reference.input = Payload(json: #"{"$warren":"payload","key":"order-42/e1/7","size":123456}"#)
        var large = Sample.workItem
        large.input = Payload(json: "\"" + String(repeating: "é", count: 400_000) + "\"")
        var unicode = Sample.workItem
        unicode.orchestration = "Bestellung"
        unicode.token.instanceID = "größe-日本"
        unicode.input = Payload(json: " [1, {\"a\": null}, \"\\u00e9\"] ")
        return [Sample.workItem, again, traced, reference, large, unicode]
    }()

    @Test("An item is carried as its message is decoded", arguments: carried.indices)
    func items(index: Int) throws {
        let item = Self.carried[index]
        let carried = try #require(codec.carried(item, in: message(item)))
        #expect(try decoded(item).get() == carried)
        #expect(carried.trace == (try decoded(item).get().trace))
    }

    /// Items that decoding changes, refuses, or reads with care.
    private static let others: [WorkItem] = {
        func changed(_ change: (inout WorkItem) -> Void) -> WorkItem {
            var item = Sample.workItem
            change(&item)
            return item
        }
        return [
            changed { $0.timeouts = ActivityTimeouts(startToClose: .microseconds(1500)) },
            changed { $0.previousHeartbeat = Payload(json: "3") },
            changed { $0.order = CallOrder(priority: 7, fairnessKey: "acme") },
            changed { $0.activity = "no name" },
            changed { $0.orchestration = String(repeating: "o", count: 256) },
            changed { $0.token.taskID = -1 },
            changed { $0.input = Payload(json: "") },
            changed { $0.input = Payload(json: "{") },
            changed { $0.input = Payload(json: String(repeating: "[", count: 65) + String(repeating: "]", count: 65)) },
            changed { $0.input = Payload(json: "\"" + String(repeating: "x", count: 1 << 20) + "\"") },
        ]
    }()

    @Test("An item that decoding refuses or changes is decoded", arguments: others.indices)
    func otherItems(index: Int) {
        let item = Self.others[index]
        #expect(codec.carried(item, in: message(item)) == nil)
    }

    @Test(
        "An answer is carried as its message is decoded",
        arguments: [
            WorkResult.Outcome.completed(Payload(json: "[1,2]")), .completed(.null),
            .completed(Payload(json: #"{"$warren":"payload","key":"order-42/e1/7","size":123456}"#)),
            .failed(FailureDetails(type: "Declined", message: "no money", isNonRetriable: true)),
            .failed(
                FailureDetails(
                    type: "Outer", message: "o", stack: "at a\nat b", details: Payload(json: "{\"code\":7}"),
                    inner: [
                        FailureDetails(
                            type: "Middle", message: "m",
                            inner: [FailureDetails(type: "Inner", message: "", isNonRetriable: true)])
                    ])),
            .failed(FailureDetails(type: "", message: String(repeating: "m", count: 100_000))),
            .heartbeat(lease: .seconds(60), details: Payload(json: "{\"row\":3}")),
            .heartbeat(lease: .seconds(60), details: .null), .released,
        ])
    func answers(outcome: WorkResult.Outcome) throws {
        let carried = try #require(WorkResultCodec.carried(outcome))
        let message = WorkResultCodec(hub: testHub).encode(
            outcome, replyTo: Self.queue, correlationID: testSigner.sign(Sample.token), attempt: 2)
        let command = try PartitionCodec(hub: testHub, signer: testSigner).decode(InboundMessage(message)).get()
        #expect(command == .workResult(WorkResult(token: Sample.token, outcome: carried, attempt: 2)))
    }

    @Test(
        "An answer that its partition would not read is sent as a message",
        arguments: ["", "{", String(repeating: "[", count: 65) + String(repeating: "]", count: 65)])
    func unreadable(json: String) {
        #expect(WorkResultCodec.carried(.completed(Payload(json: json))) == nil)
    }
}
