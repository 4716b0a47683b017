import AMQPMessages
import Testing
import Warren

@testable import WarrenMessaging

/// Whatever AMQP can deliver is stored and read back as it was, or refused at the intake with a reason. Seeds are fixed, so
/// that a failure repeats.
@Suite(.timeLimit(.minutes(5))) struct RoundTripTests {
    private let codec = PartitionCodec(hub: testHub, signer: testSigner)
    private let intake = IntakeDecoder(hub: testHub)

    @Test func `any message comes back from the outbox as it was`() throws {
        var random = AnyMessage(seed: 11)
        for _ in 0..<3_000 {
            let message = random.message()
            let bytes = OutboxCodec.encode([message])
            let read = try OutboxCodec.decode(bytes)
            // Bytes are compared, because a number that is none does not equal itself.
            #expect(OutboxCodec.encode(read) == bytes)
            #expect(
                read.first?.body == message.body && read.first?.properties.messageID == message.properties.messageID)
        }
    }

    @Test func `what the intake takes reads the same in its partition, and the rest is refused in words`() throws {
        var random = AnyMessage(seed: 12)
        var taken = 0
        for _ in 0..<6_000 {
            let message = random.request()
            switch intake.command(from: message) {
            case .success(let command):
                taken += 1
                let encoded = codec.encode(command, partition: 0)
                let stored = try #require(try OutboxCodec.decode(OutboxCodec.encode([encoded])).first)
                let read = try codec.decode(InboundMessage(stored)).get()
                #expect(unnumbered(read) == unnumbered(command), "\(message)")
                for name in names(in: command) { #expect(!WireRules.hasControlCharacters(name), "\(message)") }
            case .failure(let refusal):
                #expect(!refusal.detail.isEmpty)
                // A refused message is a dead letter, which is stored and published like anything else.
                let letter = DeadLetterCodec(hub: testHub).encode(message, refusal, host: "h", at: Sample.time)
                let bytes = OutboxCodec.encode([letter])
                let read = try #require(try OutboxCodec.decode(bytes).first)
                #expect(OutboxCodec.encode([read]) == bytes)
                let again = try DeadLetterCodec(hub: testHub).decode(InboundMessage(read)).get()
                #expect(again.reason == refusal.reason.rawValue)
            }
        }
        #expect(taken > 500)
    }

    /// A list or a purge says in its routing key which partition it is for.
    private func unnumbered(_ command: Command) -> Command {
        switch command {
        case .query(var query):
            query.partition = 0
            return .query(query)
        case .purge(var purge):
            purge.partition = 0
            return .purge(purge)
        case .limits(var limits):
            limits.partition = 0
            return .limits(limits)
        default: return command
        }
    }

    private func names(in command: Command) -> [String] {
        let context: CommandContext
        var names: [String] = []
        switch command {
        case .start(let start):
            context = start.context
            names = [start.name, start.instanceID]
        case .raise(let raise):
            context = raise.context
            names = [raise.eventName, raise.instanceID]
        case .control(let control):
            context = control.context
            names = [control.instanceID]
        case .update(let update):
            context = update.context
            names = [update.name, update.instanceID]
        case .purge(let purge): context = purge.context
        case .query(let query): context = query.context
        case .limits(let limits): context = limits.context
        case .childCompleted, .workResult, .permit: return []
        }
        return names
            + [context.messageKey, context.userID, context.reply?.queue, context.reply?.correlationID]
            .compactMap(\.self)
    }
}
