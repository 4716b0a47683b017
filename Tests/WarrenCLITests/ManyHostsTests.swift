import CoreMetrics
import Logging
import TestSupport
import Testing
import Warren
import WarrenMessaging

@testable import Patterns
@testable import WarrenCLI

@Suite(
    "The commands with a hub of several hosts", .enabled(if: TestBroker.isAvailable, TestBroker.remedy),
    .timeLimit(.minutes(5)))
struct ManyHostsTests {
    @Test("A list and a hub's damage name the partitions that do not answer, and a purge fails for them")
    func missing() async throws {
        try await HostFixture.run(partitions: 3, activities: []) { fixture in
            let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
            let transport = try await BrokerAddress(fixture.broker).connect(
                metrics: NOOPMetricsHandler.instance, logger: logger)
            let partitions = [[PartialHub.instance("a", createdAt: 5)], [PartialHub.instance("b", createdAt: 6)], nil]
            try await withCleanUp {
                try await PartialHub.serving(fixture.hub, on: transport, partitions: partitions) {
                    let list = try await fixture.warren("list", "--timeout", "3s")
                    #expect(list.exitCode == 0)
                    #expect(list.output.split(separator: "\n").map { $0.prefix(1) } == ["I", "b", "a"])
                    #expect(list.errors.contains("partition 2 did not answer within 3.0 seconds"), "\(list.errors)")
                    #expect(list.errors.contains("warren hub show --owners"))
                    let lines = try await fixture.warren("list", "--timeout", "3s", "--json").output
                    #expect(lines.hasSuffix("\n{\"incomplete\":[2]}\n"), "\(lines)")

                    let shown = try await fixture.warren("hub", "show", "--json")
                    #expect(shown.output.contains(#""incomplete":[2]"#), "\(shown.output)")
                    #expect(shown.errors.contains("partition 2 did not answer"), "\(shown.errors)")

                    let past = "1970-01-01T00:00:00Z"
                    let purge = try await fixture.warren("purge", "--after", past, "--timeout", "3s")
                    #expect(purge.exitCode == 4)
                    #expect(purge.errors.contains("partition 2 of hub '\(fixture.hub)' did not answer"))
                    #expect(purge.errors.contains("2 instances were removed"))
                }
            } afterwards: {
                await transport.shutdown()
            }
        }
    }

    @Test("Of two hosts with one data directory the second is refused, with the first one's process and the remedy")
    func oneDirectory() async throws {
        let activities = activityNames { registerPatterns(with: $0, jobs: "") }
        try await HostFixture.run(activities: activities) { fixture in
            let arguments = fixture.hostArguments + ["--durability", "journal"]
            try await HostProcess.running(Program.product("patterns"), arguments) { _ in
                let second = try await Program.run(Program.product("patterns"), arguments)
                #expect(second.exitCode != 0)
                for part in ["has the partition open", "Process ", "Stop it, or use another data directory"] {
                    #expect(second.errors.contains(part), "\(part): \(second.errors)")
                }
                let hello = try await fixture.warren("start", "E1_SayHello", "--wait")
                #expect(hello.exitCode == 0, "\(hello.errors)")
            }
        }
    }

    @Test("The owners of a hub with journals are those that its hosts name, and nobody without a host")
    func owners() async throws {
        let activities = activityNames { registerPatterns(with: $0, jobs: "") }
        try await HostFixture.run(activities: activities) { fixture in
            let created = try await fixture.warren("hub", "create", "--partitions", "2", "--durability", "journal")
            #expect(created.exitCode == 0, "\(created.errors)")
            let empty = try await fixture.warren("hub", "show", "--owners")
            #expect(empty.exitCode == 0, "\(empty.errors)")
            #expect(empty.output.contains("1          nobody"), "\(empty.output)")
            #expect(empty.output.contains("ALARM: no host of the hub is heard"), "\(empty.output)")
            let nobody = try await fixture.warren("hub", "show", "--owners", "--json")
            #expect(nobody.output.contains(#""hosts":[],"owners":[{"partition":0,"host":null,"followers":[]},"#))

            let arguments = fixture.hostArguments + ["--durability", "journal"]
            try await HostProcess.running(Program.product("patterns"), arguments) { _ in
                let shown = try await fixture.warren("hub", "show", "--owners")
                #expect(!shown.output.contains("ALARM"), "\(shown.output)")
                #expect(shown.output.contains("PARTITION  OWNER"), "\(shown.output)")
                #expect(shown.output.contains(" there\n"), "\(shown.output)")
                let json = try await fixture.warren("hub", "show", "--owners", "--json").output
                #expect(json.contains(#""leaving":false"#), "\(json)")
                #expect(json.contains(#"{"partition":1,"host":""#) && json.contains(#""epoch":1"#), "\(json)")
                let released = try await fixture.warren("hub", "release")
                #expect(released.exitCode == 1 && released.errors.contains("Stop them first"), "\(released.errors)")
            }
        }
    }
}
