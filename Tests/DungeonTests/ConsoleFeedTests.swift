#if HTTP
import Foundation
import Testing
import Warren
import WarrenClient
import WarrenTestKit

@testable import Dungeon

/// The console for pages.
@Suite("The dungeon's console feed", .timeLimit(.minutes(5)))
struct ConsoleFeedTests {
    /// Prints its input.
    private static let speaker = Orchestration<[String], Void>("Speaker") { context, lines in
        for line in lines { context.print(line, level: .warning) }
    }

    @Test("Listeners hear every line, who joins late hears the last 200 first, and the queue keeps them all")
    func listeners() async throws {
        try await withFeed { client, feed in
            var first = feed.listen().makeAsyncIterator()
            await first.watching()
            let numbers = (0..<250).map { "line \($0)" }
            let instance = try await client.start(Self.speaker, numbers, id: "speaker")
            try await instance.result()
            var heard: [ConsoleLine] = []
            while heard.count < 250 {
                guard case .line(let line)? = await first.next() else { continue }
                heard.append(line)
            }
            #expect(heard.map(\.text) == numbers)

            var late = feed.listen().makeAsyncIterator()
            for number in 50..<250 { #expect(await late.text() == "line \(number)") }
            // Who comes back goes on after the line that it had; an unknown line means all.
            var back = feed.listen(after: heard[247].id).makeAsyncIterator()
            #expect(await back.text() == "line 248")
            var stranger = feed.listen(after: "unknown").makeAsyncIterator()
            #expect(await stranger.text() == "line 50")
            // Nobody who reads the console queue misses a line by it.
            #expect(try await client.consoleDepth() == 250)
        }
    }

    @Test("Streams end when the feed does, and those that come later are over at once")
    func ending() async throws {
        let feed = try await withFeed { client, feed in
            var listener = feed.listen().makeAsyncIterator()
            await listener.watching()
            return feed
        }
        var late = feed.listen().makeAsyncIterator()
        while let item = await late.next() { if case .heartbeat = item { Issue.record("a heartbeat after the end") } }
    }

    @Test("A line is one event: its ID, and JSON on one line")
    func event() throws {
        let line = ConsoleLine(
            text: "a\nb \"c\" </script> é", level: .info, instanceID: "confirm-Ada", executionID: "x",
            orchestration: "UserConfirmationWorkflow", number: "c1", at: Timestamp(microseconds: 1_000_000))
        let event = try ConsoleFeed.event(.line(line))
        let lines = event.split(separator: "\n", omittingEmptySubsequences: false)
        #expect(lines.count == 4 && lines[2].isEmpty && lines[3].isEmpty)
        #expect(lines[0] == "id: confirm-Ada:x:c1")
        let data = try JSONValue(Payload(json: String(try #require(lines[1].wholeMatch(of: /data: (.*)/)?.1))))
        #expect(
            data
                == .object([
                    "text": .string(line.text), "level": .string("info"), "at": .string("1970-01-01T00:00:01Z"),
                    "instance": .string("confirm-Ada"), "number": .string("c1"),
                ]))
        #expect(try ConsoleFeed.event(.heartbeat).hasPrefix(":"))
    }

    /// Runs a body with a hub and a feed that watches it.
    private func withFeed<Result: Sendable>(
        _ body: (TaskHubClient, ConsoleFeed) async throws -> Result
    ) async throws -> Result {
        try await withTaskHub { hub in
            hub.register(Self.speaker)
            let client = try await hub.client
            let feed = ConsoleFeed(client: client, heartbeat: .milliseconds(20))
            return try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await feed.run() }
                let result = try await body(client, feed)
                group.cancelAll()
                try await group.waitForAll()
                return result
            }
        }
    }
}

extension AsyncStream<ConsoleFeed.Item>.AsyncIterator {
    /// Waits until the feed watches: heartbeats begin then.
    fileprivate mutating func watching() async {
        while let item = await next(isolation: #isolation) {
            if case .heartbeat = item { return }
        }
    }

    /// The text of the next line.
    fileprivate mutating func text() async -> String? {
        while let item = await next(isolation: #isolation) {
            if case .line(let line) = item { return line.text }
        }
        return nil
    }
}
#endif
