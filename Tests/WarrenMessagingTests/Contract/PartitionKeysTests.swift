import AMQPMessages
import Synchronization
import Testing
import Warren

@testable import WarrenMessaging

/// Signatures of messages between partitions.
@Suite struct PartitionKeysTests {
    private let codec = PartitionCodec(hub: testHub, signer: testSigner)
    private let keys = {
        let keys = PartitionKeys(partitionCount: 4)
        keys.add(0, secret: Array(repeating: 1, count: 32))
        keys.add(1, secret: Array(repeating: 2, count: 32))
        return keys
    }()

    private func signed(_ command: Command, by partition: Int = 1) -> InboundMessage {
        InboundMessage(keys.sign(codec.encode(command, partition: 3), as: partition))
    }

    @Test(arguments: Sample.commands.indices)
    func `a signed message is genuine and reads as it did before`(index: Int) throws {
        let command = Sample.commands[index].command
        let message = signed(command)
        #expect(keys.check(message) == .genuine)
        #expect(try codec.decode(message).get() == command)
        #expect(keys.check(InboundMessage(codec.encode(command, partition: 3))) == .unsigned)
    }

    @Test func `the code is HMAC-SHA256 under a key made from the secret, as Python computes it`() {
        // k = hmac.new(bytes([1]) * 32, b"warren: messages between partitions", sha256).digest()
        // t = lambda s: bytes([len(s)]) + s; o = lambda s: b"\0\0" if s is None else b"\1" + t(s)
        // hmac.new(k, t(b"shop.partition") + t(b"3") + o(b"x") + o(None) + o(None) + o(None)
        //     + b"\1" + t(b"warren-a") + b"S" + t(b"b") + t(b"{}"), sha256).hexdigest()
        let message = OutboundMessage(
            exchange: "shop.partition", routingKey: "3",
            properties: MessageProperties(headers: ["warren-a": "b", "x-other": "c"], type: "x"),
            body: Array("{}".utf8))
        #expect(
            keys.sign(message, as: 0).properties.headers["warren-signature"]
                == "0.f8497820e384b0c33c86aa6e9cc309638524869b1407cd7ba5a3419a83f1e532")
    }

    @Test func `no message is genuine any more once anything of it was changed`() {
        let message = signed(.childCompleted(ChildCompletedCommand(parent: Sample.parent, result: .completed(.null))))
        var changed: [InboundMessage] = []
        func change(_ body: (inout InboundMessage) -> Void) {
            var copy = message
            body(&copy)
            changed.append(copy)
        }
        change { $0.exchange = "shop.result" }
        change { $0.routingKey = "2" }
        change { $0.body += [0x20] }
        change { $0.body = [] }
        change { $0.properties.type = WireType.start }
        change { $0.properties.correlationID = "" }
        change { $0.properties.contentType = nil }
        change { $0.properties.contentEncoding = "gzip" }
        change { $0.properties.headers["warren-new"] = .void }
        for name in message.properties.headers.keys where name != "warren-signature" {
            change { $0.properties.headers[name] = nil }
            change { $0.properties.headers[name] = "other" }
        }
        let signature = message.properties.headers["warren-signature"]?.string ?? ""
        let others = [
            "", ".", "1", "1.", "0" + signature.dropFirst(), "9" + signature.dropFirst(), "-1" + signature.dropFirst(),
            signature + "0", String(signature.dropLast()), String(signature.dropLast()) + "x",
            "99999999999999999999.00",
        ]
        for other in others { change { $0.properties.headers["warren-signature"] = .string(other) } }
        for value in [FieldValue.void, 1, .bytes(Array(signature.utf8))] {
            change { $0.properties.headers["warren-signature"] = value }
        }
        #expect(changed.map(keys.check).allSatisfy { $0 == .forged })
        #expect(keys.check(message) == .genuine)
    }

    @Test func `what the broker adds on the way does not matter`() {
        var message = signed(.start(StartCommand(name: "A", instanceID: "a")))
        message.properties.headers["x-delivery-count"] = 3
        message.properties.headers["x-death"] = .array([.table(["queue": "q"])])
        message.isRedelivered = true
        #expect(keys.check(message) == .genuine)
    }

    @Test func `a partition that is not open can be neither believed nor refused`() {
        let other = PartitionKeys(partitionCount: 4)
        other.add(2, secret: Array(repeating: 3, count: 32))
        let message = other.sign(codec.encode(.start(StartCommand(name: "A", instanceID: "a")), partition: 1), as: 2)
        #expect(keys.check(InboundMessage(message)) == .unknownSender(2))
        keys.add(2, secret: Array(repeating: 4, count: 32))
        #expect(keys.check(InboundMessage(message)) == .forged)
        #expect(keys.sign(message, as: 3).properties.headers == message.properties.headers)
    }

    @Test func `a key that is added later is reported to observers, with the key in its place`() {
        let late = PartitionKeys(partitionCount: 2)
        let message = InboundMessage(
            keys.sign(codec.encode(.start(StartCommand(name: "A", instanceID: "a")), partition: 0), as: 1))
        let verdicts = Mutex<[PartitionKeys.Verdict]>([])
        let observer = late.observe { verdicts.withLock { $0.append(late.check(message)) } }
        #expect(late.missingSender(of: message) == 1)
        late.add(0, secret: Array(repeating: 1, count: 32))
        #expect(!late.isComplete)
        late.add(1, secret: Array(repeating: 2, count: 32))
        #expect(late.isComplete)
        #expect(late.missingSender(of: message) == nil)
        late.remove(observer: observer)
        late.add(1, secret: Array(repeating: 3, count: 32))
        #expect(verdicts.withLock { $0 } == [.unknownSender(1), .genuine])
    }

    @Test func `a forwarded message is signed as the partition that reads it, if that key is here`() {
        let message = codec.encode(.start(StartCommand(name: "A", instanceID: "a")), partition: 3)
        func signer(_ partition: Int) -> Int? {
            MessageSigner.signature(of: InboundMessage(keys.sign(message, forwardedTo: partition)))?.partition
        }
        #expect(signer(1) == 1)
        #expect(signer(3) == 0)
    }

    @Test func `a work item's signature and a message's are never each other's`() throws {
        let secret: [UInt8] = Array(repeating: 1, count: 32)
        let token = TokenSigner(secret: secret).sign(Sample.token)
        var message = InboundMessage(codec.encode(.start(StartCommand(name: "A", instanceID: "a")), partition: 0))
        message.properties.headers["warren-signature"] = .string("0." + token.prefix(22))
        #expect(keys.check(message) == .forged)
    }
}
