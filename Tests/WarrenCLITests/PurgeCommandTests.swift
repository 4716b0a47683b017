import Foundation
import TestSupport
import Testing
import Warren

@Suite(
    "warren purge with the sample host", .enabled(if: TestBroker.isAvailable, TestBroker.remedy),
    .timeLimit(.minutes(5)))
struct PurgeCommandTests {
    @Test("An ended instance goes, one that runs stays, and conditions take the rest")
    func purge() async throws {
        try await SampleHost.running { host in
            for id in ["a", "b", "c"] {
                #expect(try await host.warren("start", "HelloCities", "--id", id, "--wait").exitCode == 0)
            }
            #expect(
                try await host.warren("start", "Approval", "--id", "waits", "--input", #"{"timeoutSeconds":3600}"#)
                    .exitCode == 0)

            let one = try await host.warren("purge", "a")
            #expect(one.exitCode == 0)
            #expect(one.output == "")
            #expect(one.errors == "purged 1 instance\n")
            #expect(try await host.warren("status", "a").exitCode == 1)
            let again = try await host.warren("purge", "a")
            #expect(again.exitCode == 1)
            #expect(again.errors.contains("no instance 'a'"))
            let running = try await host.warren("purge", "waits")
            #expect(running.exitCode == 1)
            #expect(running.errors.contains("only ended instances are purged"))

            let future = ISO8601DateFormatter().string(from: Date().addingTimeInterval(3600))
            let none = try await host.warren("purge", "--after", future, "--json")
            #expect(none.output == "{\"instancesDeleted\":0}\n")
            let rest = try await host.warren("purge", "--before", future, "--status", "completed")
            #expect(rest.errors == "purged 2 instances\n")
            #expect(try await host.warren("list", "--json").output.split(separator: "\n").count == 1)
        }
    }
}
