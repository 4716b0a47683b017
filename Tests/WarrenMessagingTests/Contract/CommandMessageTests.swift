import AMQPMessages
import TestSupport
import Testing
import Warren

@testable import WarrenMessaging

/// A command that a partition hands to another one of its process is the command that its message would have brought, and the
/// row that is kept for a crash has that message. Seeds are fixed, so that a failure repeats.
@Suite(.timeLimit(.minutes(2))) struct CommandMessageTests {
    private let codec = PartitionCodec(hub: testHub, signer: testSigner)

    @Test func `what is handed over is what the message says, field by field`() throws {
        var random = AnyCommand(seed: 21, isUsual: false)
        var handedOver = 0
        for _ in 0..<3_000 {
            let command = random.command()
            let message = try #require(made(command))
            guard message.arrivesAsMade else { continue }
            handedOver += 1
            let read = try codec.decode(InboundMessage(message.encoded)).get()
            #expect(read == command)
            #expect(origins(of: read) == origins(of: command), "\(command)")
            // Texts that are equal may differ in their bytes.
            #expect(row(read) == row(command), "\(command)")
        }
        #expect((300..<2_250).contains(handedOver), "\(handedOver): hostile ones are made, and usual ones, too")
    }

    @Test func `what orchestrators and partitions usually send is handed over, at the limits as well`() throws {
        var random = AnyCommand(seed: 22, isUsual: true)
        for _ in 0..<1_000 {
            let command = random.command()
            let message = try #require(made(command))
            #expect(message.arrivesAsMade, "\(command)")
        }
    }

    @Test func `a row is written from the command as from its message`() throws {
        for isUsual in [true, false] {
            var random = AnyCommand(seed: 23, isUsual: isUsual)
            for _ in 0..<1_000 {
                let command = random.command()
                let message = try #require(made(command))
                var row = OutboxRowWriter(count: 1, bodyBytes: message.body.count)
                message.append(to: &row)
                #expect(row.bytes == OutboxCodec.encode([message.encoded]), "\(command)")
                #expect(try OutboxCodec.decode(row.bytes) == [message.encoded])
                #expect(message.encoded == codec.encode(command, partition: 3))
            }
        }
    }

    @Test func `messages in different forms stand in one row`() throws {
        let message = try #require(made(.start(StartCommand(name: "A", instanceID: "a"))))
        let forms: [OutboxMessage] = [.encoded(OutboxCodecTests.full), .command(message), .encoded(message.encoded)]
        var row = OutboxRowWriter(count: forms.count, bodyBytes: 0)
        for form in forms { form.append(to: &row) }
        #expect(try OutboxCodec.decode(row.bytes) == forms.map(\.encoded))
        #expect(forms.map(\.routingKey) == forms.map(\.encoded.routingKey))
        #expect(forms.map(\.exchange) == forms.map(\.encoded.exchange))
        #expect(forms.map(\.bodyBytes) == forms.map(\.encoded.body.count))
        #expect(forms.map(\.isMandatory) == forms.map(\.encoded.isMandatory))
    }

    @Test func `other commands are encoded at once`() {
        let others = Sample.commands.filter { made($0.command) == nil }.map(\.name)
        #expect(others.contains("partition-update"))
        #expect(!others.contains { $0.hasPrefix("partition-start") || $0.hasPrefix("partition-raise") })
    }

    // MARK: -

    private func made(_ command: Command) -> CommandMessage? {
        CommandMessage(command, to: 3, by: CommandEncoder(codec))
    }

    private func row(_ command: Command) -> [UInt8] { OutboxCodec.encode([codec.encode(command, partition: 3)]) }

    /// How the payloads arrived, which equal payloads need not agree about.
    private func origins(of command: Command) -> [String?] {
        switch command {
        case .start(let start): [start.input.origin]
        case .raise(let raise): [raise.payload.origin, raise.start?.input.origin]
        case .childCompleted(let completed):
            if case .completed(let output) = completed.result { [output.origin] } else { [] }
        default: []
        }
    }

}
