import TestSupport
import Testing
import Warren

/// What the commands say of an instance that is to start later.
@Suite(
    "The commands and scheduled starts", .enabled(if: TestBroker.isAvailable, TestBroker.remedy),
    .timeLimit(.minutes(5)))
struct ScheduledStartCommandTests {
    @Test("Its start is told by status, list and JSON; suspended, it shows so, and it can be ended before it begins")
    func scheduled() async throws {
        try await SampleHost.running { fixture in
            let time = "2099-06-01T00:00:00Z"
            let sentence = "waits for its start at \(time)"
            #expect(try await fixture.warren("start", "HelloCities", "--id", "sched-1", "--at", time).exitCode == 0)
            func status() async throws -> JSONValue {
                try JSONValue(Payload(json: try await fixture.warren("status", "sched-1", "--json").output))
            }
            let shown = try await fixture.warren("status", "sched-1").output
            #expect(shown.contains("Start       \(sentence)\n"), "\(shown)")
            #expect(!shown.contains("Waits for"))
            #expect(try await fixture.warren("list", "--status", "pending").output.contains(sentence))
            let pending = try await status()
            #expect(pending["runtimeStatus"] == "Pending" && pending["scheduledStartTime"] == .string(time))
            #expect(pending["openTasks"] == [.string(sentence)])

            #expect(try await fixture.warren("suspend", "sched-1").exitCode == 0)
            #expect(try await status()["runtimeStatus"] == "Suspended")
            #expect(try await fixture.warren("list", "--status", "suspended").output.contains(sentence))
            #expect(try await fixture.warren("resume", "sched-1").exitCode == 0)
            #expect(try await status()["runtimeStatus"] == "Pending")
            #expect(try await fixture.warren("suspend", "sched-1").exitCode == 0)
            #expect(try await fixture.warren("terminate", "sched-1").exitCode == 0)
            let ended = try await status()
            #expect(ended["runtimeStatus"] == "Terminated" && ended["openTasks"] == [])
            #expect(ended["scheduledStartTime"] == .string(time))
        }
    }
}
