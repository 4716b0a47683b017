import AMQPMessages
import Logging
import Testing
import Warren
import WarrenClient
import WarrenMessaging

@Suite("Following the console", .timeLimit(.minutes(5)))
struct ConsoleTests {
    @Test("Lines come in order with all that is known of them, and are taken off the queue as they are read")
    func reads() async throws {
        try await withClient { client, host, _ in
            host.print(line("one", 0), line("two", 1), line("three", 2))
            #expect(try await client.consoleReaders() == 0)
            let lines = try await client.console()
            #expect(try await client.consoleReaders() == 1)
            var iterator = lines.makeAsyncIterator()
            let first = try await iterator.next()
            #expect(
                first
                    == ConsoleLine(
                        text: "one", level: .warning, instanceID: "order-42", executionID: "x", orchestration: "Cities",
                        number: "c0", at: Timestamp(microseconds: 1_000_000)))
            #expect(try await iterator.next()?.text == "two")
            // The second one has been handed out and nobody is done with it; the third has not been handed out.
            await lines.close()
            #expect(try await client.consoleDepth() == 2)

            let again = try await client.console()
            var second = again.makeAsyncIterator()
            let repeated = try await second.next()
            #expect(repeated?.text == "two")
            #expect(repeated?.isRedelivered == true)
            second.acknowledge()
            await again.close()
            #expect(try await client.consoleDepth() == 1)
        }
    }

    @Test("Who watches gets a copy of every line from then on, and takes none from those who read the queue")
    func watches() async throws {
        try await withClient { client, host, transport in
            host.print(line("before", 0))
            let first = try await client.watchConsole()
            let second = try await client.watchConsole()
            host.print(line("one", 1), line("two", 2))
            for lines in [first, second] {
                var iterator = lines.makeAsyncIterator()
                let line = try await iterator.next()
                #expect(line?.text == "one")
                // The ID under which the line was published.
                #expect(line?.id == "order-42:x:c1")
                #expect(try await iterator.next()?.text == "two")
            }
            #expect(try await client.consoleReaders() == 0)
            #expect(try await client.consoleDepth() == 3)
            // Who stops leaves nothing behind: the line goes to the queue and to the other watcher.
            await first.close()
            host.print(line("three", 3))
            var iterator = second.makeAsyncIterator()
            #expect(try await iterator.next()?.text == "three")
            #expect(try await client.consoleDepth() == 4)
            await second.close()
        }
    }

    @Test("What is no console line is passed over")
    func stranger() async throws {
        try await withClient { client, host, transport in
            transport.publish([OutboundMessage(exchange: "warren.console", routingKey: "info.x", body: [1])]) { _ in }
            host.print(line("one", 0))
            let lines = try await client.console()
            var iterator = lines.makeAsyncIterator()
            #expect(try await iterator.next()?.text == "one")
            iterator.acknowledge()
            await lines.close()
            #expect(try await client.consoleDepth() == 0)
        }
    }

    @Test("A hub that does not exist has no console")
    func noHub() async throws {
        let transport = InProcessTransport()
        let client = try await TaskHubClient(hub: "nowhere", transport: transport)
        let error = await #expect(throws: ClientError.self) { try await client.console() }
        #expect(error?.code == .noTaskHub)
        let watching = await #expect(throws: ClientError.self) { try await client.watchConsole() }
        #expect(watching?.code == .noTaskHub)
        await client.close()
        await transport.shutdown()
    }

    private func line(_ text: String, _ number: Int) -> ConsoleMessage {
        ConsoleMessage(
            text: text, level: .warning, instanceID: "order-42", executionID: "x", orchestration: "Cities",
            number: "c\(number)", at: Timestamp(microseconds: 1_000_000))
    }
}
