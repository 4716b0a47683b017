import AMQP
import TestSupport
import Testing

@Suite("Connecting where no broker answers", .timeLimit(.minutes(5)))
struct ConnectTests {
    @Test("A peer that never speaks is given up after the connect timeout")
    func silence() async throws {
        let peer = SilentPeer()
        var configuration = AMQPConfiguration(port: peer.port)
        configuration.connectTimeout = .milliseconds(200)
        let error = await #expect(throws: AMQPError.self) {
            try await AMQPConnection.open(configuration, logger: TestBroker.logger)
        }
        #expect(error?.code == .timeout)
    }

    @Test("Who is cancelled while connecting does not wait for the timeout")
    func cancelled() async throws {
        let peer = SilentPeer()
        let configuration = AMQPConfiguration(port: peer.port)
        let task = Task { try await AMQPConnection.open(configuration, logger: TestBroker.logger) }
        task.cancel()
        await #expect(throws: CancellationError.self) { try await task.value }
    }

    @Test("A port that nobody listens on is refused at once, by a session too")
    func refused() async throws {
        // Port 1 (tcpmux) is closed wherever these tests run.
        let configuration = AMQPConfiguration(port: 1)
        let error = await #expect(throws: AMQPError.self) {
            try await AMQPSession.connect(configuration, logger: TestBroker.logger)
        }
        #expect(error?.code == .connectionRefused)
        #expect(error?.isTransient == true)
        #expect(error?.message.contains("127.0.0.1:1") == true)
    }

    @Test("A session that finds none of its nodes names all of them")
    func allRefused() async throws {
        let configuration = try AMQPConfiguration(url: "amqp://127.0.0.1:1,localhost:2")
        let error = await #expect(throws: AMQPError.self) {
            try await AMQPSession.connect(configuration, logger: TestBroker.logger)
        }
        #expect(error?.code == .connectionRefused)
        #expect(error?.message.contains("127.0.0.1:1") == true && error?.message.contains("localhost:2") == true)
    }
}
