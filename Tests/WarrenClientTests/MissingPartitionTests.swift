import Foundation
import TestSupport
import Testing
import Warren
import WarrenClient
import WarrenMessaging

@Suite("Partitions that do not answer a client", .timeLimit(.minutes(5)))
struct MissingPartitionTests {
    @Test("A page without one of the partitions is right otherwise, and names it; the next one asks it again")
    func page() async throws {
        try await withClient(partitions: 3) { client, host, transport in
            let listing = Task { try await client.list(InstanceQuery(limit: 2)) }
            let first = try await questions(host, transport.clock, 3)
            try answer(host, first[0], [instance("d", 4), instance("b", 2)])
            try answer(host, first[2], [instance("c", 3)])
            try await transport.clock.expire(1)
            let page = try await listing.ended()
            #expect(page.instances.map(\.instanceID) == ["d", "c"])
            #expect(page.incomplete == [1])
            #expect(page.next == instance("c", 3).cursor())

            let rest = Task { try await client.list(InstanceQuery(limit: 2, after: page.next)) }
            let second = try await questions(host, transport.clock, 3)
            try answer(host, second[0], [instance("b", 2)])
            try answer(host, second[1], [instance("a", 1)])
            try answer(host, second[2], [])
            let last = try await rest.ended()
            #expect(last == InstancePage(instances: [instance("b", 2), instance("a", 1)], next: nil))
        }
    }

    @Test("A page has an end when the partitions that answer have no more, so that walking the pages has one")
    func end() async throws {
        try await withClient(partitions: 2) { client, host, transport in
            let listing = Task { try await client.list() }
            let first = try await questions(host, transport.clock, 2)
            try answer(host, first[1], [instance("a", 1)])
            try await transport.clock.expire(1)
            #expect(
                try await listing.ended() == InstancePage(instances: [instance("a", 1)], next: nil, incomplete: [0]))
        }
    }

    @Test("A partition that answered and stops ends the page before its next instance, and nothing is passed over")
    func stops() async throws {
        try await withClient(partitions: 2) { client, host, transport in
            let listing = Task { try await client.list() }
            let first = try await questions(host, transport.clock, 2)
            try answer(host, first[0], [instance("d", 4)], next: instance("d", 4).cursor())
            try answer(host, first[1], [instance("a", 1)])
            _ = try await questions(host, transport.clock, 1)
            try await transport.clock.expire(1)
            let page = try await listing.ended()
            #expect(page.instances.map(\.instanceID) == ["d"], "what partition 0 has next may be newer than 'a'")
            #expect(page.next == instance("d", 4).cursor())
            #expect(page.incomplete == [0])
        }
    }

    @Test("A partition that did not answer is not waited for again in the same page")
    func once() async throws {
        try await withClient(partitions: 2) { client, host, transport in
            let listing = Task { try await client.list(InstanceQuery(limit: 2)) }
            let first = try await questions(host, transport.clock, 2)
            try answer(host, first[1], [instance("d", 4)], next: instance("d", 4).cursor())
            try await transport.clock.expire(1)
            let second = try await questions(host, transport.clock, 1)
            #expect(second.keys.sorted() == [1])
            try answer(host, second[1], [instance("c", 3)])
            #expect(
                try await listing.ended()
                    == InstancePage(instances: [instance("d", 4), instance("c", 3)], next: nil, incomplete: [0]))
        }
    }

    @Test("If no partition answers, the listing fails")
    func none() async throws {
        try await withClient(partitions: 2) { client, host, transport in
            let listing = Task { try await client.list() }
            _ = try await questions(host, transport.clock, 2)
            try await transport.clock.expire(2)
            let error = await #expect(throws: ClientError.self) { try await listing.ended() }
            #expect(error?.code == .timedOut)
        }
    }

    @Test("A partition that refuses its answer is not missing: that fails the listing")
    func refusal() async throws {
        try await withClient(partitions: 2) { client, host, transport in
            let listing = Task { try await client.list() }
            let first = try await questions(host, transport.clock, 2)
            host.reply(to: try #require(first[0]), rejecting: Refusal(.overloaded, "too much"))
            let error = await #expect(throws: ClientError.self) { try await listing.ended() }
            #expect(error?.code == .overloaded)
        }
    }

    @Test("The sequence of all instances is complete or throws")
    func sequence() async throws {
        try await withClient(partitions: 2) { client, host, transport in
            let listing = Task {
                try await client.instances(matching: InstanceQuery()).reduce(into: [String]()) {
                    $0.append($1.instanceID)
                }
            }
            let first = try await questions(host, transport.clock, 2)
            try answer(host, first[1], [instance("a", 1)])
            try await transport.clock.expire(1)
            let error = await #expect(throws: ClientError.self) { try await listing.ended() }
            #expect(error?.code == .timedOut)
        }
    }

    @Test("The sequence of what answers goes on without the others, asks them once, and names them")
    func answering() async throws {
        try await withClient(partitions: 3) { client, host, transport in
            let listing = Task {
                var iterator = client.instancesOfAnswering(matching: InstanceQuery()).makeAsyncIterator()
                var ids: [String] = []
                while let next = try await iterator.next() { ids.append(next.instanceID) }
                return (ids, iterator.incomplete)
            }
            let first = try await questions(host, transport.clock, 3)
            try answer(host, first[0], [instance("c", 3)], next: instance("c", 3).cursor())
            try answer(host, first[2], [instance("b", 2)])
            try await transport.clock.expire(1)
            let second = try await questions(host, transport.clock, 1)
            try answer(host, second[0], [instance("a", 1)])
            let (ids, incomplete) = try await listing.ended()
            #expect(ids == ["c", "b", "a"])
            #expect(incomplete == [1])
        }
    }

    @Test("A purge removes what the partitions have that answer, and says which did not")
    func purge() async throws {
        try await withClient(partitions: 3) { client, host, transport in
            let purging = Task { try await client.purge(matching: InstanceQuery()) }
            let first = try await questions(host, transport.clock, 3)
            for partition in [0, 2] {
                let reply = try QueryReplyCodec.encode(PurgeReply(purged: partition + 1))
                host.reply(to: try #require(first[partition]), .answered, reply)
            }
            try await transport.clock.expire(1)
            let error = await #expect(throws: ClientError.self) { try await purging.ended() }
            #expect(error?.code == .timedOut)
            #expect(error?.message.contains("partition 1 of hub 'warren' did not answer") == true)
            #expect(error?.message.contains("4 instances were removed") == true)
        }
    }

    @Test("The rows that were set aside are told for each partition, or that it did not answer")
    func damage() async throws {
        try await withClient(partitions: 2) { client, host, transport in
            let asking = Task { try await client.damagedRows(partitions: 2) }
            let first = try await questions(host, transport.clock, 2)
            let told = DamagedRowsReply(counts: ["instance": 2], rows: [])
            host.reply(to: try #require(first[1]), .answered, try QueryReplyCodec.encode(told))
            try await transport.clock.expire(1)
            let answers = try await asking.ended()
            try #require(answers.count == 2)
            let error = #expect(throws: ClientError.self) { try answers[0].get() }
            #expect(error?.code == .timedOut)
            #expect(try answers[1].get() == told)
        }
    }

    @Test("A complete page has no member 'incomplete', and a page without one is read")
    func coding() throws {
        let complete = InstancePage(instances: [], next: nil)
        let text = String(decoding: try JSONEncoder().encode(complete), as: UTF8.self)
        #expect(text == #"{"instances":[]}"#)
        let decoder = JSONDecoder()
        for json in [text, #"{"instances":[],"next":null,"incomplete":null,"more":1}"#] {
            #expect(try decoder.decode(InstancePage.self, from: Data(json.utf8)) == complete)
        }
        let partial = InstancePage(instances: [instance("a", 1)], next: instance("a", 1).cursor(), incomplete: [3, 5])
        #expect(try decoder.decode(InstancePage.self, from: JSONEncoder().encode(partial)) == partial)
    }

    @Test(
        "Partitions are named in words",
        arguments: [([3], "partition 3"), ([5, 3], "partitions 3 and 5"), ([1, 2, 0], "partitions 0, 1 and 2")])
    func words(partitions: [Int], text: String) {
        #expect(PartitionWords.text(partitions) == text)
    }

    // MARK: The host

    /// The next questions by partition, once the time limits of all of them run.
    private func questions(_ host: FakeHost, _ clock: TestClock, _ count: Int) async throws -> [Int: CommandContext] {
        var found: [Int: CommandContext] = [:]
        while found.count < count {
            switch try await host.next() {
            case .purge(let purge): found[purge.partition] = purge.context
            case .query(let query) where query.question == .describe:
                let hub = HubDescription(
                    hub: "warren", partitionCount: host.partitions, orchestrations: [], activities: [], version: "0")
                host.reply(to: query.context, .answered, try QueryReplyCodec.encode(hub))
            case .query(let query): found[query.partition] = query.context
            default: break
            }
        }
        try await clock.sleepers(count)
        return found
    }

    private func answer(
        _ host: FakeHost, _ question: CommandContext?, _ instances: [OrchestrationStatus],
        next: InstanceQuery.Cursor? = nil
    ) throws {
        let reply = InstanceListReply(instances: instances, next: next)
        host.reply(to: try #require(question), .answered, try QueryReplyCodec.encode(reply))
    }

    private func instance(_ id: String, _ created: Int64) -> OrchestrationStatus {
        let time = Timestamp(microseconds: created)
        return OrchestrationStatus(
            name: "Cities", instanceID: id, executionID: "x", runtimeStatus: .running, createdAt: time,
            lastUpdatedAt: time)
    }
}

extension TestClock {
    /// Waits until all answers but some have come, and lets the time for these be over.
    fileprivate func expire(_ left: Int) async throws {
        try await sleepers(exactly: left)
        advance(by: .seconds(30))
    }
}
