import TestSupport
import Testing
import Warren
import WarrenMessaging

@testable import WarrenClient

@Suite("Statuses that are asked for together", .timeLimit(.minutes(1)))
struct SharedStatusTests {
    /// Tells a client how many partitions there are.
    private func introduce(_ client: TaskHubClient, _ host: FakeHost) async throws {
        async let count = client.partitionCount()
        let description = HubDescription(
            hub: "warren", partitionCount: 1, orchestrations: [], activities: [], version: "0")
        host.reply(to: try await host.nextQuery().context, .answered, try QueryReplyCodec.encode(description))
        #expect(try await count == 1)
    }

    private typealias Asking = Task<OrchestrationStatus?, any Error>

    private func ask(_ client: TaskHubClient, for id: String) -> Asking {
        Task { try await client.sharedStatus(of: id) }
    }

    /// Gives a client of a hub with one partition whose question about the instance `a` is under way.
    private func withQuestion(
        _ body:
            @escaping @Sendable (TaskHubClient, FakeHost, _ first: Asking, _ question: QueryCommand) async throws ->
            Void
    ) async throws {
        try await withClient(partitions: 1) { client, host, _ in
            try await introduce(client, host)
            let first = ask(client, for: "a")
            try await body(client, host, first, try await host.nextQuery())
        }
    }

    /// Gives a client that has the answer about `a`, and asks for `b` and `c`, which came meanwhile. In the end all three
    /// callers have their statuses.
    private func withCrowd(_ body: @escaping @Sendable (TaskHubClient, FakeHost) async throws -> Void) async throws {
        try await withQuestion { client, host, first, question in
            let others = [ask(client, for: "b"), ask(client, for: "c")]
            try await untilSeen("both to wait") { client.shared.waiting == 2 }
            try answer(question, host)
            try await body(client, host)
            var found: [String?] = []
            for asking in [first] + others { found.append(try await asking.ended()?.instanceID) }
            #expect(found == ["a", "b", "c"])
        }
    }

    private func ids(of query: QueryCommand) throws -> [String] {
        switch query.question {
        case .status(let id, false): [id]
        case .statuses(let ids): ids
        default: throw FakeHost.Unexpected()
        }
    }

    private func answer(_ query: QueryCommand, _ host: FakeHost) throws {
        if case .status(let id, _) = query.question {
            return host.reply(
                to: query.context, .answered, try QueryReplyCodec.encode(PartialHub.instance(id, createdAt: 5)))
        }
        let entries = try ids(of: query).map { id -> StatusesCodec.Entry in
            id == "nobody" ? .unknown : id == "large" ? .askAlone : .status(PartialHub.instance(id, createdAt: 5))
        }
        host.reply(to: query.context, .answered, try StatusesCodec.encode(answer: entries, bytes: 1 << 20))
    }

    @Test("Callers that come while questions are under way share the next one, and each gets its own answer")
    func sharing() async throws {
        try await withQuestion { client, host, first, question in
            #expect(question.question == .status(instanceID: "a", includeHistory: false))
            // These wait, two of them for the same instance.
            let waiting = ["c", "d", "d", "nobody", "large"].map { ($0, ask(client, for: $0)) }
            try await untilSeen("all of them to wait") { client.shared.waiting == waiting.count }
            try answer(question, host)
            #expect(try await first.ended()?.instanceID == "a")
            let shared = try await host.nextQuery()
            #expect(Set(try ids(of: shared)) == ["c", "d", "nobody", "large"])
            try answer(shared, host)
            // What had no room in the answer is asked for alone.
            let alone = try await host.nextQuery()
            #expect(alone.question == .status(instanceID: "large", includeHistory: false))
            try answer(alone, host)
            for (id, asking) in waiting {
                let status = try await asking.ended()
                #expect(status?.instanceID == (id == "nobody" ? nil : id))
            }
        }
    }

    @Test("If the caller that asks for all is cancelled, the others ask anew")
    func cancelledAsker() async throws {
        try await withQuestion { client, host, first, question in
            let asker = ask(client, for: "c")
            try await untilSeen("it to wait") { client.shared.waiting == 1 }
            let other = ask(client, for: "d")
            try await untilSeen("both to wait") { client.shared.waiting == 2 }
            try answer(question, host)
            let shared = try await host.nextQuery()
            #expect(Set(try ids(of: shared)) == ["c", "d"])
            asker.cancel()
            await #expect(throws: CancellationError.self) { try await asker.ended() }
            let again = try await host.nextQuery()
            #expect(try ids(of: again) == ["d"])
            try answer(again, host)
            #expect(try await other.ended()?.instanceID == "d")
            #expect(try await first.ended()?.instanceID == "a")
        }
    }

    @Test("Where callers come in crowds, the next ones do not wait for the answer that others wait for")
    func crowds() async throws {
        try await withCrowd { client, host in
            // Two at once are a crowd.
            let crowd = try await host.nextQuery()
            #expect(Set(try ids(of: crowd)) == ["b", "c"])
            let fourth = ask(client, for: "d")
            let next = try await host.nextQuery()
            #expect(try ids(of: next) == ["d"])
            try answer(next, host)
            #expect(try await fourth.ended()?.instanceID == "d")
            try answer(crowd, host)
        }
    }

    @Test("A caller that gives up while it waits for others leaves the question to them")
    func cancelledGatherer() async throws {
        try await withCrowd { client, host in
            let crowd = try await host.nextQuery()
            // Some give up before they ask, some later; those that do not get their answers.
            let many = (0..<40).map { ask(client, for: "m\($0)") }
            for asking in many.prefix(20) { asking.cancel() }
            try answer(crowd, host)
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { while !Task.isCancelled { try answer(try await host.nextQuery(), host) } }
                for (number, asking) in many.enumerated().dropFirst(20) {
                    let status = try await asking.ended()
                    #expect(status?.instanceID == "m\(number)")
                }
                group.cancelAll()
            }
            for asking in many { _ = await asking.result }
            #expect(client.shared.waiting == 0)
        }
    }

    @Test("A host of an older version, which does not know the question, is asked one by one")
    func olderHost() async throws {
        try await withCrowd { _, host in
            host.reply(
                to: try await host.nextQuery().context, rejecting: Refusal(.unknownVerb, "'statuses' is no verb."))
            try answer(try await host.nextQuery(), host)
            try answer(try await host.nextQuery(), host)
        }
    }
}
