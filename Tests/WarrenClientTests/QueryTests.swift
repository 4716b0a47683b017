import TestSupport
import Testing
import Warren
import WarrenClient
import WarrenMessaging

@Suite("A client's questions", .timeLimit(.minutes(5)))
struct QueryTests {
    @Test("The status of an instance comes with all that the host says", arguments: [false, true])
    func status(includeHistory: Bool) async throws {
        try await withClient { client, host, _ in
            var told = instance("order-42", 5)
            told.customStatus = Payload(json: #"{"step":2}"#)
            told.openTasks = ["activity ChargeCard #3"]
            if includeHistory { told.history = [Payload(json: #"{"eventType":"OrchestratorStarted"}"#)] }
            async let status = client.status(of: "order-42", includeHistory: includeHistory)
            let query = try await host.nextQuery()
            #expect(query.question == .status(instanceID: "order-42", includeHistory: includeHistory))
            host.reply(to: query.context, .answered, try QueryReplyCodec.encode(told))
            #expect(try await status == told)
        }
    }

    @Test("An instance that the hub does not know has no status, and waiting for it throws")
    func unknownInstance() async throws {
        try await withClient { client, host, _ in
            let refusal = Refusal(.unknownInstance, "no such instance")
            async let status = client.status(of: "nobody")
            host.reply(to: try await host.nextQuery().context, rejecting: refusal)
            #expect(try await status == nil)

            let waiting = Task { try await client.wait(for: "nobody") }
            host.reply(to: try await host.nextQuery().context, rejecting: refusal)
            let error = await #expect(throws: ClientError.self) { try await waiting.ended() }
            #expect(error?.code == .instanceNotFound)
        }
    }

    @Test("Waiting for an instance gives its status once it has ended, however it ended")
    func wait() async throws {
        try await withClient { client, host, _ in
            async let ended = client.wait(for: "order-42")
            let wait = try await host.nextQuery()
            #expect(wait.question == .wait(instanceID: "order-42"))
            host.reply(to: wait.context, .terminated, Payload(json: #""enough""#))
            var told = instance("order-42", 5)
            told.runtimeStatus = .terminated
            host.reply(to: try await host.nextQuery().context, .answered, try QueryReplyCodec.encode(told))
            #expect(try await ended == told)
        }
    }

    @Test("A wait has no end of its own, and one that has reports it while the instance goes on")
    func waitTimeout() async throws {
        try await withClient { client, host, transport in
            let waiting = Task { try await client.wait(for: "order-42", timeout: .seconds(60)) }
            _ = try await host.nextQuery()
            try await transport.clock.sleepers(1)
            transport.clock.advance(by: .seconds(60))
            let error = await #expect(throws: ClientError.self) { try await waiting.ended() }
            #expect(error?.code == .timedOut)
            #expect(error?.message.contains("It goes on") == true)
        }
    }

    @Test("After the reply queue was lost, an open wait is asked again")
    func lostReplyQueue() async throws {
        try await withClient { client, host, transport in
            async let output = client.output(of: "order-42")
            let first = try await host.nextQuery()
            transport.loseReplyQueue()
            let second = try await host.nextQuery()
            #expect(second.question == first.question)
            host.reply(to: second.context, .completed, Payload(json: "1"))
            #expect(try await output == Payload(json: "1"))
        }
    }

    @Test("An answer that cannot be read is told as such")
    func unreadable() async throws {
        try await withClient { client, host, _ in
            let asking = Task { try await client.status(of: "order-42") }
            host.reply(to: try await host.nextQuery().context, .answered, Payload(json: "[1]"))
            let error = await #expect(throws: ClientError.self) { try await asking.ended() }
            #expect(error?.code == .invalidReply)
        }
    }

    @Test("A page asks every partition and merges what they have, newest first")
    func page() async throws {
        try await withClient(partitions: 2) { client, host, _ in
            let query = InstanceQuery(name: "Cities", limit: 3)
            async let page = client.list(query)
            try await answer(host, [[instance("d", 4), instance("b", 2), instance("a", 1)], [instance("c", 3)]])
            let told = try await page
            #expect(told.instances.map(\.instanceID) == ["d", "c", "b"])
            #expect(told.next == .init(createdAt: Timestamp(microseconds: 2), instanceID: "b"))
        }
    }

    @Test("All instances come in order, and partitions are asked on only as they run dry")
    func all() async throws {
        try await withClient(partitions: 2) { client, host, _ in
            let ids = Task {
                try await client.instances(matching: InstanceQuery(limit: 2)).reduce(into: []) {
                    $0.append($1.instanceID)
                }
            }
            try await answer(
                host, [[5, 4, 2].map { instance("a\($0)", $0) }, [6, 3, 1].map { instance("b\($0)", $0) }], pages: 4)
            #expect(try await ids.ended() == ["b6", "a5", "a4", "b3", "a2", "b1"])
        }
    }

    @Test("The number of partitions is asked once")
    func describe() async throws {
        try await withClient(partitions: 1) { client, host, _ in
            for _ in 0..<2 {
                async let page = client.list()
                try await answer(host, [[]])
                #expect(try await page == InstancePage(instances: [], next: nil))
            }
            #expect(host.described == 1)
        }
    }

    @Test(
        "A host of an older version, which ignores a condition, is named, and its answer is not taken",
        arguments: [
            (InstanceQuery(order: .longestWaiting), "'order'"),
            (InstanceQuery(updatedTo: .init(microseconds: 1)), "'updatedTo'"),
            (InstanceQuery(waitsFor: .event("Go"), order: .newest), "'waitsFor'"),
        ])
    func olderHost(query: InstanceQuery, word: String) async throws {
        try await withClient { client, host, _ in
            let listing = Task { try await client.list(query) }
            try await answer(host, [[instance("a", 1)]])
            let error = await #expect(throws: ClientError.self) { try await listing.ended() }
            #expect(error?.code == .rejected && error?.message.contains(word) == true)
        }
    }

    @Test("Pages in the order of waiting are merged by the time of the last change, and continue there")
    func longestWaiting() async throws {
        try await withClient { client, host, _ in
            func moved(_ id: String, created: Int64, updated: Int64) -> OrchestrationStatus {
                var status = instance(id, created)
                status.lastUpdatedAt = Timestamp(microseconds: updated)
                return status
            }
            let partitions = [
                [moved("a", created: 9, updated: 10), moved("b", created: 1, updated: 30)],
                [moved("c", created: 2, updated: 20), moved("d", created: 3, updated: 30)],
            ]
            let query = InstanceQuery(limit: 3, order: .longestWaiting)
            let listing = Task { try await client.list(query) }
            for _ in 0..<3 {
                let (asked, partition) = try await host.nextQueryAndPartition()
                guard let partition else {
                    let hub = HubDescription(
                        hub: "warren", partitionCount: 2, orchestrations: [], activities: [], version: "0")
                    host.reply(to: asked.context, .answered, try QueryReplyCodec.encode(hub))
                    continue
                }
                let reply = InstanceListReply(instances: partitions[partition], applied: query.laterConditions)
                host.reply(to: asked.context, .answered, try QueryReplyCodec.encode(reply))
            }
            let page = try await listing.ended()
            #expect(page.instances.map(\.instanceID) == ["a", "c", "b"])
            #expect(
                page.next
                    == .init(createdAt: .init(microseconds: 1), instanceID: "b", lastUpdatedAt: .init(microseconds: 30))
            )
        }
    }

    @Test("A limit beyond what a host gives is refused", arguments: [0, 1001])
    func limit(limit: Int) async throws {
        try await withClient { client, _, _ in
            let error = await #expect(throws: ClientError.self) { try await client.list(InstanceQuery(limit: limit)) }
            #expect(error?.code == .invalidArgument)
        }
    }

    /// Plays the partitions of a hub: answers as many questions as there are partitions, or pages.
    private func answer(_ host: FakeHost, _ partitions: [[OrchestrationStatus]], pages: Int? = nil) async throws {
        var answered = 0
        while answered < pages ?? partitions.count {
            let (query, partition) = try await host.nextQueryAndPartition()
            guard case .list(let list) = query.question, let partition else {
                let hub = HubDescription(
                    hub: "warren", partitionCount: partitions.count, orchestrations: [], activities: [], version: "0")
                host.reply(to: query.context, .answered, try QueryReplyCodec.encode(hub))
                continue
            }
            let rest = partitions[partition].filter { status in
                list.after.map { status.createdAt < $0.createdAt } ?? true
            }
            let page = Array(rest.prefix(list.limit))
            let reply = InstanceListReply(instances: page, next: page.count < rest.count ? page.last?.cursor() : nil)
            host.reply(to: query.context, .answered, try QueryReplyCodec.encode(reply))
            answered += 1
        }
    }

    private func instance(_ id: String, _ created: Int64) -> OrchestrationStatus {
        let time = Timestamp(microseconds: created)
        return OrchestrationStatus(
            name: "Cities", instanceID: id, executionID: "x", runtimeStatus: .running, createdAt: time,
            lastUpdatedAt: time)
    }
}
