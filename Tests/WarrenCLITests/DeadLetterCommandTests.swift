import TestSupport
import Testing
import Warren

/// `warren dead`, against a host of the patterns sample: what it refuses is listed, shown, tried again and thrown away.
@Suite(
    "The commands for dead letters", .enabled(if: TestBroker.isAvailable, TestBroker.remedy), .timeLimit(.minutes(5)))
struct DeadLetterCommandTests {
    private struct Letter {
        var id: String
        var reason: String
        var json: JSONValue
    }

    private func publish(
        _ fixture: HostFixture, _ exchange: String, _ key: String, _ body: String, _ options: [String] = []
    ) async throws {
        let url = fixture.broker.hasSuffix("/") ? String(fixture.broker.dropLast()) : fixture.broker
        let result = try await Program.run(
            "amqp-publish", ["-u", url, "-e", "\(fixture.hub).\(exchange)", "-r", key, "-b", body] + options)
        try #require(result.exitCode == 0, "\(result.errors)")
    }

    private func letters(_ fixture: HostFixture, _ arguments: String...) async throws -> [Letter] {
        let result = try await Program.warren(
            ["dead", "list", "--json"] + arguments,
            environment: ["WARREN_BROKER_URL": fixture.broker, "WARREN_HUB": fixture.hub])
        #expect(result.exitCode == 0, "\(result.errors)")
        return try result.output.split(separator: "\n").map { line in
            let json = try JSONValue(Payload(json: String(line)))
            return Letter(
                id: try #require(json["id"]?.stringValue), reason: try #require(json["reason"]?.stringValue), json: json
            )
        }
    }

    /// The letters once there are so many: a host refuses a moment after the broker has confirmed.
    private func letters(_ fixture: HostFixture, count: Int) async throws -> [Letter] {
        var found: [Letter] = []
        try await untilSeen("\(count) dead letters") {
            found = try await letters(fixture)
            return found.count >= count
        }
        return found
    }

    @Test("A refused message is listed and shown with its reason, its origin and what to do")
    func list() async throws {
        try await SampleHost.running { fixture in
            let none = try await fixture.warren("dead", "list")
            #expect(none.exitCode == 0 && none.output == "" && none.errors == "no dead letters\n", "\(none.errors)")

            try await publish(fixture, "start", "Bill ing", "{\"order\":42}", ["-H", "warren-instance-id: order-42"])
            try await publish(fixture, "control", "nobody/terminate", "")
            let found = try await letters(fixture, count: 2)
            #expect(found.map(\.reason) == ["bad-name", "unknown-instance"])
            let first = try #require(found.first)
            #expect(first.json["exchange"]?.stringValue == "\(fixture.hub).start")
            #expect(first.json["routingKey"] == "Bill ing")
            #expect(first.json["canRedrive"] == true)
            #expect(first.json["bodyBytes"] == 12)
            #expect(first.json["body"] == nil, "a listing carries no bodies")
            #expect(first.json["remedy"]?.stringValue?.contains("Mend its publisher") == true)

            let table = try await fixture.warren("dead", "list")
            #expect(table.output.contains("\(first.id)  "))
            #expect(table.output.contains("bad-name          \(fixture.hub).start Bill ing"), "\(table.output)")
            #expect(
                try await fixture.warren("dead", "list", "--reason", "bad-name").output.split(separator: "\n").count
                    == 2)
            let bounded = try await fixture.warren("dead", "list", "--limit", "1")
            #expect(bounded.output.split(separator: "\n").count == 2)
            #expect(bounded.errors == "1 more were not looked at: raise --limit\n")

            let shown = try await fixture.warren("dead", "show", first.id)
            #expect(shown.exitCode == 0, "\(shown.errors)")
            for text in [
                "bad-name", "Bill ing", "{\"order\":42}", "warren-instance-id: order-42",
                "warren dead redrive \(first.id)",
                "12 bytes",
            ] {
                #expect(shown.output.contains(text), "\(shown.output)")
            }
            let json = try JSONValue(Payload(json: try await fixture.warren("dead", "show", first.id, "--json").output))
            #expect(json["body"] == "{\"order\":42}")
            #expect(json["headers"]?["warren-instance-id"] == "order-42")

            let unknown = try await fixture.warren("dead", "show", "0123456789")
            #expect(unknown.exitCode == 1 && unknown.errors.contains("no dead letter '0123456789'"))
            // A quorum queue may give back what was looked at in another order.
            let afterwards = try await letters(fixture, count: found.count)
            #expect(Set(afterwards.map(\.id)) == Set(found.map(\.id)), "looking takes nothing away")
        }
    }

    @Test("A redriven letter is taken where it came from; one that is refused again is said, and is a letter again")
    func redrive() async throws {
        try await SampleHost.running { fixture in
            // Nobody waits for this instance yet; the event is held for less than the test takes.
            try await publish(
                fixture, "event", "total/Add", "5", ["-H", "warren-hold-ms: 0", "-H", "warren-reply: none"])
            try await publish(fixture, "start", "Bill ing", "{}")
            let found = try await letters(fixture, count: 2)
            let event = try #require(found.first { $0.reason == "unknown-instance" })
            let bad = try #require(found.first { $0.reason == "bad-name" })

            let again = try await fixture.warren("dead", "redrive", bad.id)
            #expect(again.exitCode == 1)
            #expect(
                again.output.contains("\(bad.id)  refused again, and a dead letter again: bad-name: "),
                "\(again.output)")
            let second = try await letters(fixture, count: 2)
            #expect(!second.map(\.id).contains(bad.id) && second.map(\.reason).contains("bad-name"), "a new letter")

            #expect(try await fixture.warren("start", "Aggregator", "--id", "total").exitCode == 0)
            let taken = try await fixture.warren("dead", "redrive", "--reason", "unknown-instance", "--json")
            #expect(taken.exitCode == 0, "\(taken.output)\(taken.errors)")
            #expect(taken.output == "{\"id\":\"\(event.id)\",\"outcome\":\"accepted\",\"instanceId\":\"total\"}\n")
            #expect(try await letters(fixture).map(\.reason) == ["bad-name"])
            #expect(try await fixture.warren("raise", "total", "Stop", "--data", "\"enough\"").exitCode == 0)
            let end = try await fixture.warren("wait", "total", "--timeout", "20s")
            #expect(end.output == "5\n", "\(end.errors)")

            let missing = try await fixture.warren("dead", "redrive", "0123456789")
            #expect(missing.exitCode == 1 && missing.errors.contains("no dead letter"))
        }
    }

    @Test("Letters are purged by ID, by reason, by age, and all; others stay")
    func purge() async throws {
        try await SampleHost.running { fixture in
            for number in 1...3 { try await publish(fixture, "start", "no name \(number)", "{}") }
            try await publish(fixture, "control", "nobody/terminate", "")
            let found = try await letters(fixture, count: 4)
            let first = try #require(found.first)

            #expect(try await fixture.warren("dead", "purge").exitCode == 2)
            #expect(try await fixture.warren("dead", "purge", "--all", first.id).exitCode == 2)
            #expect(try await fixture.warren("dead", "purge", "0123456789").exitCode == 1)
            let one = try await fixture.warren("dead", "purge", first.id, "--json")
            #expect(one.exitCode == 0 && one.output == "{\"lettersDeleted\":1}\n", "\(one.errors)")
            #expect(try await letters(fixture).map(\.id) == found.dropFirst().map(\.id))
            #expect(try await fixture.warren("dead", "purge", "--older-than", "1h").errors == "purged 0 dead letters\n")
            #expect(
                try await fixture.warren("dead", "purge", "--reason", "unknown-instance").errors
                    == "purged 1 dead letter\n")
            #expect(try await letters(fixture).map(\.reason) == ["bad-name", "bad-name"])
            #expect(try await fixture.warren("dead", "purge", "--all", "--yes").errors == "purged 2 dead letters\n")
            #expect(try await letters(fixture).isEmpty)
        }
    }

    @Test("Without a hub there are no letters, and the command says how to make one")
    func noHub() async throws {
        try await HostFixture.run(activities: []) { fixture in
            let result = try await fixture.warren("dead", "list")
            #expect(result.exitCode == 5, "\(result.errors)")
            #expect(result.errors.contains("warren hub create --hub \(fixture.hub)"))
        }
    }
}
