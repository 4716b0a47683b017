import AMQPMessages
import TestSupport
import Testing
import Warren

@testable import WarrenMessaging

/// Whatever arrives, a decoder answers. The seed is fixed, so that a failure repeats.
@Suite(.timeLimit(.minutes(5))) struct FuzzTests {
    @Test func `changed bytes never trap the decoders of stored messages`() {
        var random = SeededGenerator(seed: 1)
        let partition = PartitionCodec(hub: testHub, signer: testSigner)
        var seeds = [OutboxCodec.encode([OutboxCodecTests.full])]
        seeds += Sample.commands.map { OutboxCodec.encode([partition.encode($0.command, partition: 0)]) }
        for _ in 0..<20_000 {
            let bytes = mutated(seeds.randomElement(using: &random)!, using: &random)
            // Held commands are stored as the messages that would bring them.
            let stored = Result { () throws(MessagingError) in try OutboxCodec.decode(bytes) }
            guard case .success(let messages) = stored else { continue }
            for message in messages { _ = partition.decode(InboundMessage(message)) }
        }
    }

    @Test func `changed bodies, keys and headers never trap the decoders of messages`() {
        var random = SeededGenerator(seed: 2)
        let intake = IntakeDecoder(hub: testHub)
        let partition = PartitionCodec(hub: testHub, signer: testSigner)
        let work = WorkItemCodec(hub: testHub)
        var seeds = Sample.commands.map { InboundMessage(partition.encode($0.command, partition: 3)) }
        seeds.append(InboundMessage(work.encode(Sample.workItem, replyTo: "shop.partition.03", signer: testSigner)))
        seeds.append(InboundMessage(LifecycleCodec(hub: testHub).encode(Sample.lifecycle)))
        seeds.append(InboundMessage(ConsoleCodec(hub: testHub).encode(Sample.console)))
        seeds.append(InboundMessage(ReplyCodec.encode(Sample.reply)))
        seeds.append(
            InboundMessage(
                DeadLetterCodec(hub: testHub).encode(seeds[0], Refusal(.poison, "x"), host: "h", at: Sample.time)))
        seeds += Refused.all.map(\.message).filter { $0.body.count < 5000 }
        let exchanges = ["", "shop.start", "shop.event", "shop.control", "shop.partition", "shop.result", "x"]
        for _ in 0..<20_000 {
            var message = seeds.randomElement(using: &random)!
            if Bool.random(using: &random) { message.exchange = exchanges.randomElement(using: &random)! }
            message.body = mutated(message.body, using: &random)
            message.routingKey = String(
                decoding: mutated(Array(message.routingKey.utf8), using: &random), as: UTF8.self)
            if let key = message.properties.headers.keys.sorted().randomElement(using: &random) {
                let others = OutboxCodecTests.full.properties.headers
                message.properties.headers[key] = others[others.keys.sorted().randomElement(using: &random)!]
            }
            _ = intake.command(from: message)
            _ = intake.replyAddress(of: message)
            _ = partition.decode(message)
            _ = work.decode(message)
            _ = ConsoleCodec(hub: testHub).decode(message)
            _ = ReplyCodec.decode(message)
            _ = DeadLetterCodec(hub: testHub).decode(message)
        }
    }

    @Test func `no text traps the token reader or the topic matcher`() {
        var random = SeededGenerator(seed: 3)
        let text = Array(testSigner.sign(Sample.token).utf8)
        for _ in 0..<20_000 {
            let changed = String(decoding: mutated(text, using: &random), as: UTF8.self)
            if Array(changed.utf8) != text { #expect(testSigner.verify(changed) == nil) }
            let parts = (0..<4).map { _ in ["a", "b", "*", "#", ""].randomElement(using: &random)! }
            _ = TopicPattern(parts.joined(separator: ".")).matches(changed)
        }
    }

    private func mutated(_ bytes: [UInt8], using random: inout SeededGenerator) -> [UInt8] {
        var bytes = bytes
        for _ in 0..<Int.random(in: 0...3, using: &random) {
            guard !bytes.isEmpty else { return [UInt8.random(in: 0...255, using: &random)] }
            let index = Int.random(in: 0..<bytes.count, using: &random)
            switch Int.random(in: 0..<5, using: &random) {
            case 0: bytes[index] = UInt8.random(in: 0...255, using: &random)
            case 1: bytes[index] ^= 1 << UInt8.random(in: 0..<8, using: &random)
            case 2: bytes.remove(at: index)
            case 3: bytes.insert(UInt8.random(in: 0...255, using: &random), at: index)
            default: bytes.removeSubrange(index...)
            }
        }
        return bytes
    }
}
