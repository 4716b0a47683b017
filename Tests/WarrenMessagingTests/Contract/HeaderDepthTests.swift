import AMQPMessages
import Testing

@testable import WarrenMessaging

/// Tables and lists in headers.
@Suite struct HeaderDepthTests {
    private static func nested(_ levels: Int, inArrays: Bool) -> FieldValue {
        (0..<levels).reduce("x") { value, _ in inArrays ? .array([value]) : .table(["t": value]) }
    }

    @Test(arguments: [true, false])
    func `a header nested too deep is refused with its name, and any other is taken`(inArrays: Bool) {
        for levels in 0...40 {
            let value = Self.nested(levels, inArrays: inArrays)
            #expect(value.depth == levels)
            let message = InboundMessage.from(
                "shop.event", "a/Go", "", MessageProperties(headers: ["x": value, "warren-hold-ms": 0]))
            let result = IntakeDecoder(hub: testHub).command(from: message)
            switch result {
            case .success: #expect(levels <= 16)
            case .failure(let refusal):
                #expect(levels > 16)
                #expect(refusal.reason == .badHeader && refusal.detail.contains("'x'"))
            }
        }
    }

    @Test(arguments: [true, false])
    func `whatever depth is written can be read`(inArrays: Bool) throws {
        for levels in 0...100 {
            let headers: FieldTable = ["x": Self.nested(levels, inArrays: inArrays)]
            let message = OutboundMessage(exchange: "e", routingKey: "k", properties: .init(headers: headers))
            let read = try #require(try OutboxCodec.decode(OutboxCodec.encode([message])).first)
            if levels <= 64 {
                #expect(read == message)
            } else {
                #expect(read.properties.headers["x"]?.depth == 64)
            }
        }
    }

    @Test func `a dead letter leaves out what is nested too deep, and says so`() throws {
        let codec = DeadLetterCodec(hub: testHub)
        for levels in [16, 17, 40] {
            let original = InboundMessage.from(
                "shop.event", "k", "",
                MessageProperties(headers: ["warren-note": Self.nested(levels, inArrays: false), "warren-x": "y"]))
            let message = codec.encode(original, Refusal(.badHeader, "d"), host: "h", at: Sample.time)
            let isCut = levels > 16
            #expect(message.properties.headers["warren-dead-headers-cut"] == (isCut ? true : nil))
            #expect(message.properties.headers["warren-note"] == (isCut ? .void : Self.nested(16, inArrays: false)))
            #expect(message.properties.headers["warren-x"] == "y")
            #expect(try OutboxCodec.decode(OutboxCodec.encode([message])) == [message])
        }
    }
}
