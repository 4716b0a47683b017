import AMQPMessages
import Testing
import Warren

@testable import WarrenMessaging

/// The header `warren-refuse`: whoever waits for the answer may be content with it.
@Suite("A refusal by reply")
struct RefuseHeaderTests {
    private let decoder = IntakeDecoder(hub: testHub)

    private func message(_ refuse: String?, replyTo: String? = "reply.web", key: String = "a/Go") -> InboundMessage {
        var properties = MessageProperties(replyTo: replyTo)
        if let refuse { properties.headers["warren-refuse"] = .string(refuse) }
        return .from("shop.event", key, "true", properties)
    }

    private func context(_ message: InboundMessage) throws -> CommandContext {
        guard case .raise(let command) = try decoder.command(from: message).get() else {
            throw Refusal(.unknownKind, "no event")
        }
        return command.context
    }

    @Test("It is heeded where there is an answer, and nowhere else")
    func heeded() throws {
        #expect(try context(message("reply")).refusesByReply)
        #expect(try !context(message("dead-letter")).refusesByReply)
        #expect(try !context(message(nil)).refusesByReply)
        #expect(try !context(message("reply", replyTo: nil)).refusesByReply, "nobody would hear of it")
        let none = MessageProperties(headers: ["warren-refuse": "reply", "warren-reply": "none"], replyTo: "reply.web")
        #expect(try !context(.from("shop.event", "a/Go", "true", none)).refusesByReply)
    }

    @Test("It is heeded of a message that cannot be read, too; a word that is none is refused")
    func unreadable() {
        #expect(decoder.isRefusedByReply(message("reply", key: "no slash")))
        #expect(!decoder.isRefusedByReply(message("loudly")))
        guard case .failure(let refusal) = decoder.command(from: message("loudly")) else {
            Issue.record("it was taken")
            return
        }
        #expect(refusal.reason == .badHeader && refusal.detail.contains("'dead-letter', 'reply'"))
    }

    @Test("It travels to the partition")
    func partition() throws {
        let codec = PartitionCodec(hub: testHub, signer: testSigner)
        for refuses in [false, true] {
            let context = CommandContext(
                reply: ReplyAddress(queue: "reply.web", correlationID: "c"), refusesByReply: refuses)
            let command = Command.raise(RaiseCommand(instanceID: "a", eventName: "Go", context: context))
            #expect(try codec.decode(InboundMessage(codec.encode(command, partition: 0))).get() == command)
        }
    }

    @Test("Warren's client asks for it wherever it waits to be accepted, and never where it does not")
    func client() {
        let encoder = RequestEncoder(hub: testHub, replyQueue: "reply.shop.1")
        let ids = RequestIDs(messageID: "m", correlationID: "c")
        for (mode, expected) in [
            (ReplyAddress.Mode.accepted, true), (.both, true), (.completed, false), (.none, false),
        ] {
            for message in [
                encoder.start(StartCommand(name: "A", instanceID: "a"), reply: mode, ids: ids),
                encoder.raise(RaiseCommand(instanceID: "a", eventName: "Go"), reply: mode, ids: ids),
                encoder.control(ControlCommand(instanceID: "a", verb: .suspend), reply: mode, ids: ids),
            ] {
                #expect((message.properties.headers["warren-refuse"] == "reply") == expected, "\(mode)")
            }
        }
    }
}
