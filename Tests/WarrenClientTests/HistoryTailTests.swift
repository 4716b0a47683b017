import TestSupport
import Testing
import Warren
import WarrenMessaging

@testable import WarrenClient

@Suite("A history that is followed", .timeLimit(.minutes(1)))
struct HistoryTailTests {
    private static let watched = HistoryWatch(executionID: "x", milliseconds: 15_000)

    private func answer(
        _ query: QueryCommand, _ host: FakeHost, events: Int, end: String?, execution: String = "x"
    ) throws {
        var told = PartialHub.instance("order-42", createdAt: 5)
        told.executionID = execution
        told.history = (0..<events).map { Payload(json: String($0)) }
        told.historyEnd = end
        host.reply(to: query.context, .answered, try QueryReplyCodec.encode(told))
    }

    /// Reads a history to its end.
    private func tail(_ client: TaskHubClient, _ host: FakeHost) async throws -> HistoryTail {
        let begun = try client.historyTail(of: "order-42")
        let reading = Task {
            var tail = begun
            let part = try await tail.next()
            return (part, tail)
        }
        let query = try await host.nextQuery()
        #expect(query.watch == nil)
        try answer(query, host, events: 2, end: "1.0")
        let (part, read) = try await reading.ended()
        #expect(part?.events.count == 2)
        #expect(part?.isAtEnd == true)
        return read
    }

    @Test("At its end the host is asked to answer when there is more, from the place where the last answer ended")
    func watching() async throws {
        try await withClient { client, host, _ in
            let read = try await tail(client, host)
            let news = Task {
                var tail = read
                return try await tail.news()
            }
            let query = try await host.nextQuery()
            #expect(query.historyFrom == "1.0")
            #expect(query.watch == Self.watched)
            try answer(query, host, events: 1, end: "2.0")
            #expect(try await news.ended()?.events.count == 1)
        }
    }

    @Test("Another execution is read from its beginning")
    func nextExecution() async throws {
        try await withClient { client, host, _ in
            let read = try await tail(client, host)
            let news = Task {
                var tail = read
                return try await tail.news()
            }
            try answer(try await host.nextQuery(), host, events: 0, end: "1.0", execution: "y")
            let again = try await host.nextQuery()
            #expect(again.historyFrom == nil)
            try answer(again, host, events: 3, end: "1.0", execution: "y")
            let part = try await news.ended()
            #expect(part?.isNextExecution == true)
            #expect(part?.events.count == 3)
        }
    }

    @Test(
        "A host that answers at once although there is nothing, one of an older version, is not asked without a pause")
    func olderHost() async throws {
        try await withClient { client, host, transport in
            let read = try await tail(client, host)
            let news = Task {
                var tail = read
                return try await tail.news()
            }
            try answer(try await host.nextQuery(), host, events: 0, end: "1.0")
            // Its deadline sleeps by the same clock.
            try await untilSeen("the answer to arrive") { client.replies.count == 0 }
            try await transport.clock.sleepers(1)
            transport.clock.advance(by: .seconds(1))
            #expect(try await news.ended()?.events.isEmpty == true)
        }
    }

    @Test("A host that gives up the partition is asked again after a pause, for an answer at once")
    func movedPartition() async throws {
        try await withClient { client, host, transport in
            let read = try await tail(client, host)
            let news = Task {
                var tail = read
                return try await tail.news()
            }
            host.reply(to: try await host.nextQuery().context, rejecting: Refusal(.overloaded, "Ask again."))
            // Its deadline sleeps by the same clock.
            try await untilSeen("the answer to arrive") { client.replies.count == 0 }
            try await transport.clock.sleepers(1)
            transport.clock.advance(by: .seconds(1))
            let again = try await host.nextQuery()
            #expect(again.watch == nil)
            #expect(again.historyFrom == "1.0")
            try answer(again, host, events: 1, end: "2.0")
            #expect(try await news.ended()?.events.count == 1)
        }
    }
}
