#if HTTP
import Hummingbird
import TestSupport
import Testing
import Warren
import WarrenClient

@testable import WarrenManagement

@Suite("HTTP API: streams", .timeLimit(.minutes(2)))
struct StreamOperationTests {
    @Test("A history comes as lines, and as events for those who want events")
    func history() async throws {
        try await APIBench.running { bench in
            try await bench.run("HelloCities", id: "h")
            let lines = try await bench.get("/instances/h/history")
            #expect(lines.headers[.contentType] == "application/jsonl")
            let events = try lines.body.split(separator: "\n").map { try JSONValue(Payload(json: String($0))) }
            let types = events.compactMap { $0["type"]?.stringValue }
            #expect(types.count == events.count)
            #expect(types.count { $0.lowercased() == "taskcompleted" } == 3)
            let stream = try await bench.get("/instances/h/history", [.accept: "text/event-stream"])
            #expect(stream.headers[.contentType] == "text/event-stream")
            #expect(stream.body.components(of: "event: history").count - 1 == events.count)
            #expect(stream.body.hasSuffix("event: end\ndata: {\"events\":\(events.count)}\n\n"))
            #expect(try await bench.get("/instances/nobody/history").status == 404)
        }
    }

    @Test("A followed history goes on as its instance moves, and ends with it")
    func followedHistory() async throws {
        try await APIBench.running { bench in
            try await bench.open("f")
            let text = try await bench.follow(
                "f",
                [
                    (
                        "event: history",
                        { try await bench.raise("f", "true") }
                    )
                ])
            let known = try await bench.get("/instances/f/history").body.split(separator: "\n").count
            #expect(text.components(of: "event: history").count - 1 == known)
            #expect(text.hasSuffix("event: end\ndata: {\"events\":\(known),\"runtimeStatus\":\"Completed\"}\n\n"))
            // One that has ended is the same as one that is not followed.
            let followed = try await bench.get("/instances/f/history?follow=true")
            let plain = try await bench.get("/instances/f/history")
            #expect(followed.body == plain.body)
            #expect(try await bench.get("/instances/nobody/history?follow=true").status == 404)
            #expect(try await bench.get("/instances/f/history?follow=perhaps")["field"] == "follow")
        }
    }

    @Test("A followed history tells of the next execution of its instance, and numbers its events anew")
    func followedExecutions() async throws {
        try await APIBench.running { bench in
            let started = try await bench.post("/instances", #"{"orchestration":"Turning","id":"t"}"#)
            #expect(started.status == 201)
            let text = try await bench.follow(
                "t",
                [
                    (
                        "event: history",
                        { try await bench.raise("t", "true") }
                    ),
                    (
                        "event: execution",
                        { try await bench.raise("t", "false") }
                    ),
                ])
            let parts = text.components(of: "event: execution\ndata: {\"executionId\":")
            #expect(parts.count == 2)
            #expect(parts.last?.contains("event: history\nid: 0\n") == true)
            #expect(text.contains("\"runtimeStatus\":\"Completed\"}\n\n"))
        }
    }

    @Test("A followed history has a place among the streams, and gives it back")
    func followedPlaces() async throws {
        var options = ManagementOptions()
        options.maximumStreams = 1
        try await APIBench.running(options) { bench in
            try await bench.open("f")
            let number = try bench.api.instanceFeed.add(LiveReader(LiveFilter()))
            let refused = try await bench.get("/instances/f/history?follow=true")
            #expect(refused.status == 429)
            #expect(refused["code"] == "too-many-streams")
            bench.api.instanceFeed.remove(number)
            _ = try await bench.post("/instances/f/events/Go", "true")
            for _ in 0..<3 { #expect(try await bench.get("/instances/f/history?follow=true").status == 200) }
        }
    }

    @Test("Changes of instances are sent live, to each reader those that it asked for")
    func instances() async throws {
        try await APIBench.running { bench in
            let text = try await bench.stream("/events?name=Failing") {
                try await bench.run("Hello", id: "quiet")
                try await bench.run("Failing", id: "loud")
            } until: {
                $0.contains(#""status":"Failed""#)
            }
            #expect(text.contains("event: instance\ndata: {\"instanceId\":\"loud\""))
            #expect(!text.contains("quiet"))
        }
    }

    @Test("Console lines are sent live, and the console queue keeps them")
    func console() async throws {
        try await APIBench.running { bench in
            let text = try await bench.stream("/console?instance=p&level=warning") {
                try await bench.run("Printing", id: "p")
            } until: {
                $0.contains("event: line")
            }
            #expect(text.contains(#""text":"mind the <gap>""#))
            #expect(text.contains(#""level":"warning""#))
            #expect(!text.contains("nothing special"))
            #expect(try await bench.hub.consoleDepth() == 2)
        }
    }

    @Test("Two readers at once get the same, and a third is refused if two is the limit")
    func limit() async throws {
        var options = ManagementOptions()
        options.maximumStreams = 2
        try await APIBench.running(options) { bench in
            let first = LiveReader(LiveFilter())
            let second = LiveReader(LiveFilter())
            let number = try bench.api.instanceFeed.add(first)
            _ = try bench.api.consoleFeed.add(second)
            let refused = try await bench.get("/events")
            #expect(refused.status == 429)
            #expect(refused.headers[.retryAfter] == "10")
            bench.api.instanceFeed.remove(number)
            bench.api.instanceFeed.remove(number)
            _ = try bench.api.instanceFeed.add(first)
            #expect(throws: APIProblem.self) { try bench.api.consoleFeed.add(LiveReader(LiveFilter())) }
        }
    }

    @Test("A reader that is too slow is told how many events it missed, and goes on with the newest")
    func lag() async throws {
        let reader = LiveReader(LiveFilter(words: ["Failed"]))
        for number in 0..<(LiveReader.patience + 5) {
            reader.send(
                .event(LiveEvent(kind: "instance", instanceID: "i\(number)", name: "N", word: "Failed", data: [])))
            reader.send(.event(LiveEvent(kind: "instance", instanceID: "x", name: "N", word: "Completed", data: [])))
        }
        reader.finish()
        #expect(reader.takeMissed() == 5)
        #expect(reader.takeMissed() == 0)
        var ids: [String] = []
        for await case .event(let event) in reader.items { ids.append(event.instanceID) }
        #expect(ids.first == "i5")
        #expect(ids.count == LiveReader.patience)
    }

    @Test("Without its service an API has no live events, and says so")
    func notRunning() async throws {
        let feed = LiveFeed(named: "test", limit: StreamLimit(1), logger: APIBench.quiet) { _ in }
        do {
            _ = try feed.add(LiveReader(LiveFilter()))
            Issue.record("It was added.")
        } catch let problem as APIProblem {
            #expect(problem.status == .serviceUnavailable)
            #expect(problem.code == .noLiveEvents)
        }
    }

    @Test("A feed whose source fails ends its readers with the reason, and opens again for the next one")
    func failure() async throws {
        struct Broken: Error {}
        let feed = LiveFeed(named: "test", limit: StreamLimit(2), logger: APIBench.quiet) { send in
            send(.ready)
            throw ClientError(.unreachable, "The broker is gone.")
        }
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { await feed.run() }
            for _ in 0..<2 {
                let reader = LiveReader(LiveFilter())
                try await untilSeen("the feed to run") {
                    do {
                        let number = try feed.add(reader)
                        _ = number
                        return true
                    } catch {
                        return false
                    }
                }
                var codes: [ProblemCode] = []
                for await case .closed(let problem) in reader.items { codes.append(problem.code) }
                #expect(codes == [.unreachable])
            }
            group.cancelAll()
        }
    }
}

extension String {
    fileprivate func components(of separator: String) -> [Substring] {
        split(separator: separator, omittingEmptySubsequences: false)
    }
}
#endif
