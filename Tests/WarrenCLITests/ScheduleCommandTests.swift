import TestSupport
import Testing
import Warren

/// Schedules from a shell, kept by a host over RabbitMQ.
@Suite(
    "The commands of schedules", .enabled(if: TestBroker.isAvailable, TestBroker.remedy), .timeLimit(.minutes(5)))
struct ScheduleCommandTests {
    @Test("A schedule is created, shown, triggered, updated, paused and deleted; mistakes are told")
    func whole() async throws {
        try await SampleHost.running { fixture in
            func show() async throws -> JSONValue {
                try JSONValue(Payload(json: try await fixture.warren("schedule", "show", "nightly", "--json").output))
            }
            let create = try await fixture.warren(
                "schedule", "create", "nightly", "HelloCities", "--cron", "30 2 * * mon-fri", "--time-zone",
                "Europe/Berlin", "--input", #"["Oslo"]"#, "--paused")
            #expect(create.exitCode == 0 && create.output == "", "\(create.errors)")
            let again = try await fixture.warren("schedule", "create", "nightly", "HelloCities", "--every", "1h")
            #expect(again.exitCode == 1 && again.errors.contains("already"), "\(again.errors)")
            let list = try await fixture.warren("schedule", "list").output
            #expect(list.contains("30 2 * * mon-fri (Europe/Berlin)") && list.contains("paused"), "\(list)")
            #expect(try await show()["schedule"]?["input"] == ["Oslo"])

            #expect(try await fixture.warren("schedule", "trigger", "nightly").exitCode == 0)
            let output = try await fixture.warren("wait", "nightly:manual-1", "--timeout", "30s")
            #expect(output.output.contains("Hello Oslo"), "\(output.output)\(output.errors)")
            #expect(try await fixture.warren("schedule", "resume", "nightly").exitCode == 0)
            #expect(
                try await fixture.warren(
                    "schedule", "update", "nightly", "HelloCities", "--every", "1s", "--overlap", "allow"
                ).exitCode == 0)
            try await untilSeen("a run that nobody triggered") { (try await show()["runs"]?.integerValue ?? 0) > 1 }
            #expect(try await fixture.warren("schedule", "pause", "nightly").exitCode == 0)
            #expect(try await fixture.warren("schedule", "delete", "nightly").exitCode == 0)
            let gone = try await fixture.warren("schedule", "pause", "nightly")
            #expect(gone.exitCode == 1 && gone.errors.contains("has ended"), "\(gone.errors)")
            let none = try await fixture.warren("schedule", "show", "none")
            #expect(none.exitCode == 1 && none.errors.contains("no schedule 'none'"))
            for wrong in [
                ["x", "HelloCities"], ["x", "HelloCities", "--every", "1s", "--cron", "* * * * *"],
                ["x", "HelloCities", "--every", "1s", "--catch-up", "some"],
            ] {
                let result = try await Program.warren(
                    ["schedule", "create"] + wrong,
                    environment: ["WARREN_BROKER_URL": fixture.broker, "WARREN_HUB": fixture.hub])
                #expect(result.exitCode == 2, "\(wrong)")
            }
            let cron = try await fixture.warren("schedule", "create", "x", "HelloCities", "--cron", "61 * * * *")
            #expect(cron.exitCode == 2 && cron.errors.contains("minute"), "\(cron.exitCode) \(cron.errors)")
        }
    }
}
