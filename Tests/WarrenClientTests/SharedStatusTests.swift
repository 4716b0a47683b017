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
        try await withClient(partitions: 1) { client, host, _ in
            try await introduce(client, host)
            async let first = client.sharedStatus(of: "a")
            let one = try await host.nextQuery()
            #expect(one.question == .status(instanceID: "a", includeHistory: false))
            // These wait, two of them for the same instance.
            let waiting = ["c", "d", "d", "nobody", "large"]
            let found = Task {
                try await withThrowingTaskGroup(of: (String, OrchestrationStatus?).self) { group in
                    for id in waiting { group.addTask { (id, try await client.sharedStatus(of: id)) } }
                    return try await group.reduce(into: []) { $0.append($1) }
                }
            }
            try await untilSeen("all of them to wait") { client.shared.waiting == waiting.count }
            try answer(one, host)
            #expect(try await first?.instanceID == "a")
            let shared = try await host.nextQuery()
            #expect(Set(try ids(of: shared)) == ["c", "d", "nobody", "large"])
            try answer(shared, host)
            // What had no room in the answer is asked for alone.
            let alone = try await host.nextQuery()
            #expect(alone.question == .status(instanceID: "large", includeHistory: false))
            try answer(alone, host)
            for (id, status) in try await found.ended() { #expect(status?.instanceID == (id == "nobody" ? nil : id)) }
        }
    }

    @Test("If the caller that asks for all is cancelled, the others ask anew")
    func cancelledAsker() async throws {
        try await withClient(partitions: 1) { client, host, _ in
            try await introduce(client, host)
            async let first = client.sharedStatus(of: "a")
            let one = try await host.nextQuery()
            let asker = Task { try await client.sharedStatus(of: "c") }
            try await untilSeen("it to wait") { client.shared.waiting == 1 }
            async let other = client.sharedStatus(of: "d")
            try await untilSeen("both to wait") { client.shared.waiting == 2 }
            try answer(one, host)
            let shared = try await host.nextQuery()
            #expect(Set(try ids(of: shared)) == ["c", "d"])
            asker.cancel()
            await #expect(throws: CancellationError.self) { try await asker.ended() }
            let again = try await host.nextQuery()
            #expect(try ids(of: again) == ["d"])
            try answer(again, host)
            #expect(try await other?.instanceID == "d")
            #expect(try await first?.instanceID == "a")
        }
    }

    @Test("Where callers come in crowds, the next ones do not wait for the answer that others wait for")
    func crowds() async throws {
        try await withClient(partitions: 1) { client, host, _ in
            try await introduce(client, host)
            async let first = client.sharedStatus(of: "a")
            let one = try await host.nextQuery()
            async let second = client.sharedStatus(of: "b")
            async let third = client.sharedStatus(of: "c")
            try await untilSeen("both to wait") { client.shared.waiting == 2 }
            try answer(one, host)
            // Two at once are a crowd.
            let crowd = try await host.nextQuery()
            #expect(Set(try ids(of: crowd)) == ["b", "c"])
            async let fourth = client.sharedStatus(of: "d")
            let next = try await host.nextQuery()
            #expect(try ids(of: next) == ["d"])
            try answer(next, host)
            #expect(try await fourth?.instanceID == "d")
            try answer(crowd, host)
            let found = try await [first, second, third].map { $0?.instanceID }
            #expect(found == ["a", "b", "c"])
        }
    }

    @Test("A caller that gives up while it waits for others leaves the question to them")
    func cancelledGatherer() async throws {
        try await withClient(partitions: 1) { client, host, _ in
            try await introduce(client, host)
            async let first = client.sharedStatus(of: "a")
            let one = try await host.nextQuery()
            async let second = client.sharedStatus(of: "b")
            async let third = client.sharedStatus(of: "c")
            try await untilSeen("both to wait") { client.shared.waiting == 2 }
            try answer(one, host)
            let crowd = try await host.nextQuery()
            // Some give up before they ask, some later; whoever does not gets an answer.
            let many = (0..<40).map { number in Task { try await client.sharedStatus(of: "m\(number)") } }
            for task in many.prefix(20) { task.cancel() }
            try answer(crowd, host)
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { while !Task.isCancelled { try answer(try await host.nextQuery(), host) } }
                for (number, task) in many.enumerated().dropFirst(20) {
                    let status = try await task.ended()
                    #expect(status?.instanceID == "m\(number)")
                }
                group.cancelAll()
            }
            for task in many { _ = await task.result }
            #expect(client.shared.waiting == 0)
            let found = try await [first, second, third].map { $0?.instanceID }
            #expect(found == ["a", "b", "c"])
        }
    }

    @Test("A host of an older version, which does not know the question, is asked one by one")
    func olderHost() async throws {
        try await withClient(partitions: 1) { client, host, _ in
            try await introduce(client, host)
            async let first = client.sharedStatus(of: "a")
            let one = try await host.nextQuery()
            async let second = client.sharedStatus(of: "b")
            async let third = client.sharedStatus(of: "c")
            try await untilSeen("both to wait") { client.shared.waiting == 2 }
            try answer(one, host)
            host.reply(
                to: try await host.nextQuery().context, rejecting: Refusal(.unknownVerb, "'statuses' is no verb."))
            try answer(try await host.nextQuery(), host)
            try answer(try await host.nextQuery(), host)
            let found = try await [first, second, third].map { $0?.instanceID }
            #expect(found == ["a", "b", "c"])
        }
    }
}
