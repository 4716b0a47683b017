import AMQPMessages
import Testing

@testable import WarrenMessaging

@Suite struct OutboxCodecTests {
    static let full = OutboundMessage(
        exchange: "e", routingKey: "k", isMandatory: false,
        properties: MessageProperties(
            contentType: "a", contentEncoding: "b",
            headers: [
                "void": .void, "bool": true, "i8": .int8(-1), "u8": .uint8(255), "i16": .int16(-300),
                "u16": .uint16(65_535),
                "i32": .int32(.min), "u32": .uint32(.max), "i64": .int64(.min), "u64": .uint64(.max), "f": .float(1.5),
                "d": .double(-2.25), "D": .decimal(scale: 2, value: 314), "s": "ä", "x": .bytes([0xFF]),
                "T": .timestamp(7), "A": .array([1, "a", .array([])]), "F": .table(["t": .table([:])]),
            ],
            isPersistent: false, priority: 3, correlationID: "c", replyTo: "d", expiration: "5", messageID: "f",
            timestamp: .max, type: "g", userID: "h", appID: "i"),
        body: [0, 1, 255])

    @Test func `messages come back as they were`() throws {
        let plain = OutboundMessage(exchange: "", routingKey: "q")
        let messages =
            [Self.full, plain]
            + Sample.commands.map { PartitionCodec(hub: testHub, signer: testSigner).encode($0.command, partition: 1) }
        #expect(try OutboxCodec.decode(OutboxCodec.encode(messages)) == messages)
        #expect(try OutboxCodec.decode(OutboxCodec.encode([])) == [])
        #expect(OutboxCodec.encode(messages) == OutboxCodec.encode(messages))
    }

    @Test func `rows of the first version can be read for ever`() throws {
        let row: [UInt8] = [1, 1, 1, 0x65, 1, 0x6B, 7, 1, 1, 0x68, 0x6C, 3, 2, 0x7B, 0x7D]
        let message = OutboundMessage(
            exchange: "e", routingKey: "k", properties: .init(headers: ["h": .int64(-2)], isPersistent: true),
            body: Array("{}".utf8))
        #expect(OutboxCodec.encode([message]) == row)
        #expect(try OutboxCodec.decode(row) == [message])
    }

    @Test func `bytes cut anywhere are refused`() {
        let bytes = OutboxCodec.encode([Self.full])
        for length in 0..<bytes.count {
            #expect(throws: MessagingError.self) { try OutboxCodec.decode(Array(bytes.prefix(length))) }
        }
        #expect(throws: MessagingError.self) { try OutboxCodec.decode(bytes + [0]) }
        #expect(throws: MessagingError.self) { try OutboxCodec.decode([2, 0]) }
    }

    @Test func `a length beyond the end is refused before anything is reserved`() {
        let huge: [UInt8] = [0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x7F]
        #expect(throws: MessagingError.self) { try OutboxCodec.decode([1] + huge) }
        #expect(throws: MessagingError.self) { try OutboxCodec.decode([1, 1] + huge) }
    }
}
