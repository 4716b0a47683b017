import Foundation
import TestSupport
import Testing
import Warren

/// The version before and this one on the same hub, for real: both are programs of their own. `scripts/test --upgrade` builds
/// the version before and runs this; without it, `BeforeTests` opens what that version wrote once.
@Suite(
    "Upgrading from the version before", .serialized, .enabled(if: Before.isThere, Before.remedy),
    .timeLimit(.minutes(10)))
struct UpgradeTests {
    /// The instances that a test started, by ID, with the outputs that they must have.
    private typealias Expected = [String: String]

    /// Starts instances with many activities, and does not wait for them.
    private func load(_ before: Before, _ version: Before.Version, _ word: String) async throws -> Expected {
        var expected: Expected = [:]
        for number in 0..<12 {
            let id = "\(word)-\(number)"
            let input = "[\((1...25).map { String($0 + number) }.joined(separator: ","))]"
            try await before.warren(version, "start", "SumOfSquares", "--id", id, "--input", input)
            expected[id] = String((1...25).map { ($0 + number) * ($0 + number) }.reduce(0, +))
        }
        return expected
    }

    private func expect(_ before: Before, _ version: Before.Version, _ expected: Expected) async throws {
        for (id, output) in expected.sorted(by: { $0.key < $1.key }) {
            let ended = try await before.warren(version, "wait", id)
            #expect(ended.trimmingCharacters(in: .newlines) == output, "\(id)")
        }
    }

    @Test("A host killed under load goes on under this version; going back is refused with the remedy, which works")
    func oneHost() async throws {
        try await Before.run { before in
            let first = try await before.start(.before, "a")
            try await before.warren(.before, "start", "HelloCities", "--id", "done", "--input", #"["Oslo"]"#, "--wait")
            try await before.warren(
                .before, "start", "Approval", "--id", "waits", "--input", #"{"timeoutSeconds":3600}"#)
            try await before.warren(.before, "start", "Counter", "--id", "counter")
            try await before.warren(.before, "raise", "early", "Approval", "--data", "false", "--confirmed-only")
            let sums = try await load(before, .before, "old")
            await first.kill()
            try before.copy("a", to: "kept")

            let second = try await before.start(.now, "a")
            try await expect(before, .now, sums)
            // The event was there before its instance.
            try await before.warren(.now, "start", "Approval", "--id", "early")
            #expect(try await before.warren(.now, "wait", "early").contains("Rejected"))
            try await before.warren(.now, "raise", "waits", "Approval", "--data", "true")
            #expect(try await before.warren(.now, "wait", "waits").contains("Approved"))
            try await before.warren(.now, "raise", "counter", "Stop")
            #expect(try await Int(before.warren(.now, "wait", "counter").trimmingCharacters(in: .newlines)) != nil)
            #expect(try await before.warren(.now, "status", "done", "--history", "--json").contains("Hello Oslo!"))
            try await expect(before, .now, load(before, .now, "new"))
            #expect(try await second.terminate() == 0)

            // Back: the files say that a newer version wrote them. The copy from before the upgrade works, when it is told
            // that what came after it is gone.
            let refused = try await before.refusal(.before, "a")
            #expect(refused.contains("A newer Warren wrote this file"), "\(refused)")
            let older = try await before.refusal(.before, "kept")
            #expect(older.contains("older than what this hub has acknowledged"), "\(older)")
            let back = try await before.start(.before, "kept", "--accept-older-store")
            try await expect(before, .before, sums)
            #expect(try await back.terminate() == 0)
        }
    }

    @Test("Clients of either version work with hosts of the other; those of the version before do not hear of an end")
    func clients() async throws {
        try await Before.run { before in
            for (host, client) in [(Before.Version.before, Before.Version.now), (.now, .before)] {
                let process = try await before.start(host, "a")
                let id = "of-\(client)"
                try await before.warren(client, "start", "Approval", "--id", id)
                #expect(try await before.warren(client, "list", "--json").contains(id))
                try await before.warren(client, "suspend", id)
                #expect(try await before.warren(client, "status", id, "--json").contains("Suspended"))
                try await before.warren(client, "resume", id)
                try await before.warren(client, "raise", id, "Approval", "--data", "true")
                // An answer that tells of an end names the status in the new way, which a client of the version before does not
                // take. It can ask for the status.
                let ended = try await before.program(client, ["wait", id, "--timeout", "10s"])
                #expect(ended.output.contains("Approved") == (client == .now), "\(ended.errors)")
                #expect((ended.exitCode == 0) == (client == .now))
                #expect(try await before.warren(client, "status", id, "--json").contains("Completed"))
                #expect(try await process.terminate() == 0)
            }
        }
    }

    @Test("Hosts of both versions share a hub with journals, whichever is killed, and either can be the only one left")
    func mixed() async throws {
        try await Before.run { before in
            let journal = ["--durability", "journal", "--journal-bytes", "67108864"]
            let old = try await before.start(.before, "old", arguments: journal)
            var expected = try await load(before, .now, "first")
            let new = try await before.start(.now, "new", arguments: journal)
            expected.merge(try await load(before, .now, "second")) { $1 }
            try await expect(before, .now, expected)
            try await before.warren(.now, "start", "Approval", "--id", "open", "--input", #"{"timeoutSeconds":3600}"#)

            // The version before is killed under load; this one has all.
            expected = try await load(before, .now, "third")
            await old.kill()
            try before.copy("old", to: "kept")
            try await expect(before, .now, expected)

            // And the other way round: the version before reads what this one wrote.
            let again = try await before.start(.before, "old", arguments: journal)
            expected = try await load(before, .now, "fourth")
            await new.kill()
            expected.merge(try await load(before, .now, "fifth")) { $1 }
            try await expect(before, .now, expected)
            try await before.warren(.now, "raise", "open", "Approval", "--data", "true")
            #expect(try await before.warren(.now, "wait", "open").contains("Approved"))
            #expect(try await again.terminate() == 0)

            // Back with the directory of this version: refused. With a copy from before, or an empty one: what it lacks is read
            // from the journal.
            let refused = try await before.refusal(.before, "new", arguments: journal)
            #expect(refused.contains("A newer Warren wrote this file"), "\(refused)")
            for directory in ["kept", "empty"] {
                let back = try await before.start(.before, directory, arguments: journal)
                try await expect(before, .now, expected)
                #expect(try await back.terminate() == 0)
            }
        }
    }

    @Test("Workers of either version do the work of hosts of the other")
    func workers() async throws {
        try await Before.run { before in
            for (host, worker) in [(Before.Version.before, Before.Version.now), (.now, .before)] {
                let orchestrator = try await before.start(host, "a", arguments: ["--roles", "orchestrator"])
                let activities = try await before.start(worker, "w", arguments: ["--roles", "activity"])
                try await expect(before, .now, load(before, .now, "by-\(worker)"))
                #expect(try await activities.terminate() == 0)
                #expect(try await orchestrator.terminate() == 0)
            }
        }
    }
}
