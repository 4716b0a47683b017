import Foundation
import TestSupport
import Testing
import Warren

@testable import Patterns

/// What a host has set aside because it could not be read, on the command line.
@Suite(
    "The commands and damaged rows", .enabled(if: TestBroker.isAvailable, TestBroker.remedy), .timeLimit(.minutes(5)))
struct DamageCommandTests {
    private static let damage = """
        import glob, sqlite3, sys
        for path in glob.glob(sys.argv[1] + "/*.sqlite"):
            file = sqlite3.connect(path)
            file.execute("UPDATE history SET events = zeroblob(length(events))")
            file.commit()
            file.close()
        """

    @Test("'warren hub show' tells how many rows of which table are set aside, of which instance, and why")
    func shown() async throws {
        let activities = activityNames { registerPatterns(with: $0, jobs: "") }
        try await HostFixture.run(activities: activities) { fixture in
            let patterns = try Program.product("patterns")
            try await HostProcess.running(patterns, fixture.hostArguments) { _ in
                #expect(try await fixture.warren("start", "Aggregator", "--id", "sum").exitCode == 0)
                #expect(try await fixture.warren("raise", "sum", "Add", "--data", "5").exitCode == 0)
                let whole = try await fixture.warren("hub", "show")
                #expect(whole.exitCode == 0 && !whole.output.contains("set aside"), "\(whole.output)")
            }
            let damaged = try await Program.run(Program.python, ["-c", Self.damage, fixture.data.path])
            #expect(damaged.exitCode == 0, "\(damaged.errors)")
            try await HostProcess.running(patterns, fixture.hostArguments) { _ in
                _ = try await fixture.warren("raise", "sum", "Add", "--data", "7")
                #expect(try await fixture.warren("wait", "sum").exitCode == 1)
                let shown = try await fixture.warren("hub", "show")
                #expect(shown.exitCode == 0, "\(shown.errors)")
                #expect(shown.output.contains(/set aside in partition [01]: 1 of history\n/), "\(shown.output)")
                #expect(shown.output.contains(/history [0-9]+, instance sum: .*checksum/), "\(shown.output)")
                let json = try JSONValue(Payload(json: try await fixture.warren("hub", "show", "--json").output))
                #expect(json["damaged"]?[0]?["counts"]?["history"] == 1)
                #expect(json["damaged"]?[0]?["rows"]?[0]?["instanceId"] == "sum")
                #expect(json["damaged"]?[1] == nil)
            }
        }
    }
}
