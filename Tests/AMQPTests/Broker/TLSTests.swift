import AMQP
import AMQPMessages
import Foundation
import Subprocess
import TestSupport
import Testing

extension BrokerTests {
    @Suite(
        "TLS",
        .enabled(
            if: TestBroker.tlsURL != nil && TestBroker.tlsDirectory != nil || TestBroker.isCI,
            "needs a TLS listener: WARREN_BROKER_TLS_URL and WARREN_BROKER_TLS_DIR (ca.pem, client.pem, client.key)"))
    struct TLSTests {
        private func configuration(_ change: (inout TLSOptions) -> Void = { _ in }) throws -> AMQPConfiguration {
            var configuration = try AMQPConfiguration(url: try #require(TestBroker.tlsURL))
            var options = TLSOptions(authorityFile: try #require(TestBroker.tlsDirectory) + "/ca.pem")
            change(&options)
            configuration.tls = options
            return configuration
        }

        private func error(_ configuration: AMQPConfiguration) async -> AMQPError? {
            do {
                await (try await AMQPConnection.open(configuration, logger: TestBroker.logger)).close()
                return nil
            } catch {
                return error as? AMQPError
            }
        }

        @Test("Messages of all sizes go both ways")
        func traffic() async throws {
            let connection = try await AMQPConnection.open(try configuration(), logger: TestBroker.logger)
            let channel = try await connection.openChannel()
            try await channel.selectConfirms()
            let queue = try await channel.declareQueue("", isDurable: false, isExclusive: true).name
            let consumer = try await channel.consume(queue, prefetch: 500)
            let sizes = [0, 1, 131_071, 131_072, 2 << 20] + Array(repeating: 100, count: 3000)
            async let outcomes = channel.publish(
                sizes.map { OutboundMessage(routingKey: queue, body: Array(repeating: UInt8($0 & 0xff), count: $0)) })
            var received: [Int] = []
            for try await batch in consumer.batches {
                consumer.acknowledge(batch.map(\.tag))
                received += batch.map(\.body.count)
                if received.count == sizes.count { break }
            }
            #expect(received == sizes)
            #expect(try await outcomes.allSatisfy { $0 == .confirmed })
            await connection.close()
        }

        @Test("A client certificate is presented, and one without its key is refused here")
        func clientCertificate() async throws {
            let directory = try #require(TestBroker.tlsDirectory)
            #expect(
                await error(
                    try configuration {
                        $0.certificateFile = directory + "/client.pem"
                        $0.keyFile = directory + "/client.key"
                    }) == nil)
            let mismatch = await error(
                try configuration {
                    $0.certificateFile = directory + "/client.pem"
                    $0.keyFile = directory + "/server.key"
                })
            #expect(mismatch?.code == .tlsFailure)
        }

        @Test("A certificate of an authority that we do not trust is refused, unless asked to look away")
        func otherAuthority() async throws {
            let directory = FileManager.default.temporaryDirectory.path + "/" + TestBroker.uniqueName("ca")
            try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
            defer { try? FileManager.default.removeItem(atPath: directory) }
            let result = try await run(
                .name("openssl"),
                arguments: [
                    "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "1", "-subj", "/CN=another authority",
                    "-keyout", directory + "/ca.key", "-out", directory + "/ca.pem",
                ], output: .discarded, error: .discarded)
            #expect(result.terminationStatus.isSuccess)
            #expect(await error(try configuration { $0.authorityFile = directory + "/ca.pem" })?.code == .tlsFailure)
            #expect(
                await error(
                    try configuration {
                        $0.authorityFile = directory + "/ca.pem"
                        $0.unsafeSkipsPeerVerification = true
                    }) == nil)
        }

        @Test("A host that the certificate does not name is refused, unless asked not to look")
        func hostName() async throws {
            var wrong = try configuration()
            // The certificate names localhost; librabbitmq does not compare IP addresses.
            wrong.host = "127.0.0.1"
            #expect(await error(wrong)?.code == .tlsFailure)
            wrong.tls?.verifiesHostName = false
            #expect(await error(wrong) == nil)
        }

        @Test("A missing file is named, and a plain port does not pass for TLS")
        func mistakes() async throws {
            let missing = await error(try configuration { $0.authorityFile = "/no/such/file.pem" })
            #expect(missing?.code == .tlsFailure)
            #expect(missing?.message.contains("/no/such/file.pem") == true)
            var plain = try configuration()
            plain.port = try TestBroker.configuration().port
            #expect(await error(plain)?.code == .tlsFailure)
        }
    }
}
