import TestSupport
import Testing

@testable import Patterns

@Suite("warren hub delete", .enabled(if: TestBroker.isAvailable, TestBroker.remedy), .timeLimit(.minutes(5)))
struct HubDeleteCommandTests {
    @Test("A hub in use stays; otherwise it is gone with its queues, and can be made anew")
    func delete() async throws {
        let activities = activityNames { registerPatterns(with: $0, jobs: "") }
        try await HostFixture.run(activities: activities) { fixture in
            try await HostProcess.running(Program.product("patterns"), fixture.hostArguments) { _ in
                let refused = try await fixture.warren("hub", "delete", "--yes")
                #expect(refused.exitCode == 1 && refused.errors.contains("Stop all of them"), "\(refused.errors)")
            }
            let unasked = try await fixture.warren("hub", "delete")
            #expect(unasked.exitCode == 2 && unasked.errors.contains("--yes"), "\(unasked.errors)")
            #expect(try await fixture.warren("hub", "verify").exitCode == 0)
            let gone = try await fixture.warren("hub", "delete", "--yes", "--activity", "SayHello", "--json")
            #expect(gone.exitCode == 0, "\(gone.errors)")
            #expect(gone.output.contains(#""\#(fixture.hub).activity.SayHello","#), "\(gone.output)")
            #expect(
                gone.output.contains(#""\#(fixture.hub).partition.01","\#(fixture.hub).partition.00"]}"#),
                "\(gone.output)")
            #expect(try await fixture.warren("hub", "delete", "--yes").exitCode == 5)
            #expect(try await fixture.warren("hub", "create", "--partitions", "2").exitCode == 0)
        }
    }
}
