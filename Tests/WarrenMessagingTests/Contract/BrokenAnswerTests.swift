import AMQPMessages
import Testing
import Warren

@testable import WarrenMessaging

private let tooMany = (0..<80).reduce(into: FieldTable()) { $0["h\($1)"] = .bool(true) }

/// Answers that break a rule. Their token is right: somebody waits, and has to hear of it.
@Suite("Answers that break a rule of the wire")
struct BrokenAnswerTests {
    private static let signer = TokenSigner(secret: Array("secret".utf8))
    private static let token = TaskToken(partition: 0, instanceID: "i", executionID: "e", taskID: 3)

    private func decode(_ headers: FieldTable = [:], body: [UInt8] = Array("1".utf8), token: String? = nil)
        throws -> Result<Command, Refusal>
    {
        let hub = try TaskHubName("orders")
        return PartitionCodec(hub: hub, signer: Self.signer).decode(
            InboundMessage(
                exchange: hub.resultExchange, routingKey: "orders.partition.00",
                properties: MessageProperties(
                    headers: headers, correlationID: token ?? Self.signer.sign(Self.token)),
                body: body))
    }

    private func failure(_ headers: FieldTable = [:], body: [UInt8] = Array("1".utf8)) throws -> FailureDetails? {
        guard case .workResult(let result) = try decode(headers, body: body).get(),
            case .failed(let failure) = result.outcome
        else { return nil }
        #expect(result.token == Self.token)
        return failure
    }

    @Test(
        "Unknown status, impossible attempt, too many headers, no JSON: the activity fails with InvalidResult",
        arguments: [
            [WireHeader.status: .string("error")], [WireHeader.status: .string("done")],
            [WireHeader.status: .int64(200)], [WireHeader.attempt: .int64(0)], [WireHeader.attempt: .string("x")],
            [WireHeader.attempt: .int64(.max)], tooMany,
            ["note": .string(String(repeating: "x", count: 40 << 10))],
            [WireHeader.status: .string("failed"), WireHeader.attempt: .int64(-1)],
        ] as [FieldTable])
    func header(_ headers: FieldTable) throws {
        let failure = try #require(try failure(headers))
        #expect(failure.type == "InvalidResult" && failure.isNonRetriable)
        #expect(!failure.message.isEmpty)
    }

    @Test("A body that is no JSON is an InvalidResult, one that is too large names size and limit")
    func body() throws {
        let broken = try #require(try failure(body: [0xFF, 0xFE]))
        #expect(broken.type == "InvalidResult")
        let large = try #require(try failure(body: Array(repeating: UInt8(ascii: "1"), count: 2_000_000)))
        #expect(large.type == "PayloadTooLarge" && large.isNonRetriable)
        #expect(large.message.contains("2000000") && large.message.contains("1048576"))
        #expect(large.isCaused(by: "InvalidResult"))
        let failed = try #require(
            try failure([WireHeader.status: "failed"], body: Array(repeating: UInt8(ascii: "1"), count: 2_000_000)))
        #expect(failed.type == "PayloadTooLarge")
    }

    @Test("Under a token that this hub did not sign nothing is told to anybody")
    func forged() throws {
        let refused = try decode([WireHeader.status: .string("error")], token: "nobody")
        guard case .failure(let refusal) = refused else {
            Issue.record("It was taken.")
            return
        }
        #expect(refusal.reason == .unmatchedResult)
    }

    @Test("A heartbeat that cannot be read is no answer: the activity goes on")
    func heartbeat() throws {
        let refused = try decode([WireHeader.status: "heartbeat", WireHeader.lease: .int64(-1)])
        guard case .failure(let refusal) = refused else {
            Issue.record("It was taken for an answer.")
            return
        }
        #expect(refusal.reason == .badHeader)
    }

    @Test("A failure's texts are shortened with a mark on their way, whichever way they came")
    func shortened() throws {
        var cause = FailureDetails(type: "Cause", message: String(repeating: "ü", count: 1 << 20))
        for _ in 0..<100 { cause = FailureDetails(type: "Outer", message: "m", inner: [cause, cause]) }
        let failure = FailureDetails(
            type: String(repeating: "T", count: 5000), message: String(repeating: "é", count: 1 << 20),
            stack: String(repeating: "s", count: 1 << 20), inner: [cause], isNonRetriable: true)
        let encoded = FailureCodec.encode(failure)
        #expect(encoded.bytes.count < 400_000)
        let decoded = FailureCodec.decode(encoded)
        #expect(decoded.isNonRetriable)
        #expect(decoded.message.hasPrefix("ééé") && decoded.message.hasSuffix("(shortened, it had 2097152 bytes)"))
        #expect(decoded.stack?.contains("shortened") == true && decoded.type.hasPrefix("TTT"))
        let small = FailureDetails(type: "T", message: "m", stack: "s", inner: [FailureDetails(type: "U", message: "")])
        #expect(small.shortened() == small)
    }
}
