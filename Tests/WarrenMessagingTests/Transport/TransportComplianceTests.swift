import AMQPMessages
import TestSupport
import Testing
import WarrenTestKit

@testable import WarrenMessaging

/// Warren's transports are run through the suite that stands in the test kit for every transport.
@Suite("Transports keep what every transport promises", .timeLimit(.minutes(5)))
struct TransportComplianceTests {
    @Test(
        "A transport keeps the promise", arguments: TransportUnderTest.all,
        TransportCompliance.checks + TransportCompliance.streamChecks)
    func keeps(kind: TransportUnderTest, check: TransportCompliance.Check) async {
        let entry = await TransportCompliance.run(check, make: kind.make)
        #expect(entry.findings.isEmpty, "\(entry)")
    }

    @Test("Every command arrives as it was sent", arguments: TransportUnderTest.all)
    func commands(kind: TransportUnderTest) async throws {
        try await TransportBench.with(kind) { bench async throws in
            var reader = try await bench.reader(of: bench.hub.partitionQueue(1, of: 2))
            let codec = PartitionCodec(hub: bench.hub, signer: testSigner)
            for (_, command) in Sample.commands {
                let sent = codec.encode(command, partition: 1)
                _ = bench.send([sent])
                let received = try #require(try await reader.take(1).first)
                #expect(received.properties == sent.properties && received.body == sent.body)
                #expect(try codec.decode(received).get() == command)
                reader.acknowledge([received])
            }
        }
    }

    @Test("A transport that turns messages round is found out, with the promise by name")
    func seesFaults() async {
        let report = await TransportCompliance.check(streams: false, limit: .seconds(5)) { TurningTransport() }
        let broken = report.entries.filter { !$0.findings.isEmpty }.map(\.name)
        #expect(broken.contains("Messages of one publisher keep their order in a queue"))
        #expect(!broken.contains("Consuming an unknown queue names it"))
        #expect(
            report.description.hasSuffix(
                "\(TransportCompliance.checks.count) promises checked, \(broken.count) not kept"))
    }
}

/// A transport that delivers what is published together in the opposite order.
private final class TurningTransport: ForwardingTransport {
    let target: any MessageTransport = InProcessTransport()
    var outlivesProcess: Bool { target.outlivesProcess }

    func publish(_ messages: [OutboundMessage], completion: @escaping @Sendable ([PublishOutcome]) -> Void) {
        target.publish(messages.reversed()) { completion($0.reversed()) }
    }
}
