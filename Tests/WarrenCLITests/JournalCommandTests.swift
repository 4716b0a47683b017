import Foundation
import TestSupport
import Testing
import Warren
import WarrenClient
import WarrenMessaging

@testable import Patterns

@Suite(
    "A hub gets journals: warren hub journal", .serialized, .enabled(if: TestBroker.isAvailable, TestBroker.remedy),
    .timeLimit(.minutes(5)))
struct JournalCommandTests {
    @Test("A hub whose host was killed under load is converted, and everything completes once")
    func convert() async throws {
        let activities = activityNames { registerPatterns(with: $0, jobs: "") }
        try await HostFixture.run(activities: activities) { fixture in
            let names = try TaskHubName(fixture.hub)
            try await withCleanUp {
                try await convert(fixture)
            } afterwards: {
                try await TestBroker.remove(
                    queues: (0..<2).map { names.snapshotStream($0, of: 2, id: "1-1") })
            }
        }
    }

    private func convert(_ fixture: HostFixture) async throws {
        let patterns = try Program.product("patterns")
        let arguments = fixture.hostArguments + ["--roles", "orchestrator"]
        let worker = try await HostProcess.start(
            patterns, fixture.hostArguments + ["--roles", "activity"])
        let host = try await HostProcess.start(patterns, arguments)
        let data = fixture.data.path
        let running = try await fixture.warren("hub", "journal", "--data", data)
        #expect(running.exitCode == 1 && running.errors.contains("Stop all hosts"), "\(running.errors)")

        let chains = (0..<40).map { "chain-\($0)" }
        try await fixture.withClient { client in
            for id in ["decided", "timed"] {
                let seconds = id == "timed" ? 5 : 3600
                _ = try await client.start(
                    named: "Approval", input: Payload(json: #"{"timeoutSeconds":\#(seconds)}"#), id: id)
            }
            for id in chains {
                let input = Payload(json: #"["\#(id)","B","C"]"#)
                _ = try await client.start(named: "HelloCities", input: input, id: id, until: .confirmed)
            }
        }
        await host.kill()

        let other = try await fixture.warren("hub", "journal", "--data", "\(data).other")
        #expect(other.exitCode == 1 && other.errors.contains("no file of partitions 0, 1"), "\(other.errors)")
        let rehearsed = try await fixture.warren("hub", "journal", "--data", data, "--dry-run")
        #expect(rehearsed.exitCode == 0 && rehearsed.errors.contains("nothing was changed"), "\(rehearsed.errors)")
        #expect(try await fixture.warren("hub", "verify", "--json").output.contains(#""durability":"local""#))
        let converted = try await fixture.warren("hub", "journal", "--data", data, "--json")
        #expect(converted.exitCode == 0, "\(converted.errors)")
        #expect(converted.output.contains(#""durability":"journal""#), "\(converted.output)")
        #expect(converted.errors.contains("partition 1: belongs to its journal"), "\(converted.errors)")
        let again = try await fixture.warren("hub", "journal", "--data", data)
        #expect(again.exitCode == 5 && again.errors.contains("has journals already"), "\(again.errors)")
        #expect(try await fixture.warren("hub", "verify", "--json").output.contains(#""durability":"journal""#))

        let local = try await Program.run(patterns, arguments)
        #expect(local.exitCode != 0 && local.errors.contains("the durability 'journal'"), "\(local.errors)")
        // A host with the file, and one that has nothing but the broker.
        let empty = fixture.data.appendingPathExtension("empty")
        defer { try? FileManager.default.removeItem(at: empty) }
        for place in [data, empty.path] {
            let arguments =
                fixture.place + ["--data", place, "--partitions", "2", "--log-level", "error"]
                + ["--roles", "orchestrator", "--durability", "journal"]
            try await HostProcess.running(patterns, arguments) { _ in
                try await fixture.withClient { client in
                    if place == data { try await client.raise(named: "Approval", Payload(json: "true"), to: "decided") }
                    #expect(try await client.output(of: "decided").json.contains("Approved"))
                    #expect(try await client.output(of: "timed").json.contains("Head of department"))
                    for id in chains {
                        let output = try await client.output(of: id).json
                        #expect(output == #"["Hello \#(id)!","Hello B!","Hello C!"]"#, "\(id)")
                    }
                }
            }
        }
        #expect(try await worker.terminate() == 0)
    }

    @Test("The help says what it does, what to do before, and that there is no way back")
    func help() async throws {
        let help = try await Program.warren(["hub", "journal", "--help"])
        let words = help.output.split { $0 == " " || $0 == "\n" }.joined(separator: " ")
        for part in ["no way back", "while no host of the hub runs", "--dry-run", "run it again"] {
            #expect(words.contains(part), "\(words)")
        }
        #expect(try await Program.warren(["hub", "journal"]).exitCode == 2)
        #expect(try await Program.warren(["hub", "journal", "--data", "d", "--journal-bytes", "5"]).exitCode == 2)
    }
}
