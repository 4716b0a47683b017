import TestSupport
import Testing

@Suite(
    "The commands without a host", .enabled(if: TestBroker.isAvailable, TestBroker.remedy), .timeLimit(.minutes(5)))
struct HubCommandTests {
    @Test("A hub is created once, verified and shown, and a message waits in it for a host")
    func hub() async throws {
        try await HostFixture.run(partitions: 3, activities: []) { fixture in
            try await commands(fixture.hub, fixture.broker)
        }
    }

    @Test("A hub with journals says so, keeps the size of its journals, and shows how many records they have")
    func journal() async throws {
        try await HostFixture.run(partitions: 2, activities: []) { fixture in
            func warren(_ arguments: String...) async throws -> Program {
                try await Program.warren(arguments + ["--broker", fixture.broker, "--hub", fixture.hub])
            }
            let size = ["--journal-bytes", "134217728"]
            let created = try await Program.warren(
                ["hub", "create", "--partitions", "2", "--durability", "journal", "--json"] + size
                    + ["--broker", fixture.broker, "--hub", fixture.hub])
            #expect(created.output.contains(#""durability":"journal""#), "\(created.errors)")
            #expect(try await warren("hub", "create").exitCode == 0)
            #expect(try await warren("hub", "create", "--durability", "local").exitCode == 5)
            #expect(try await warren("hub", "verify", "--json").output.contains(#""durability":"journal""#))
            let shown = try await warren("hub", "show", "--json")
            #expect(shown.output.contains(#""durability":"journal""#))
            #expect(shown.output.contains(#"{"queue":"\#(fixture.hub).journal.01","messages":0"#), "\(shown.output)")
        }
    }

    private func commands(_ hub: String, _ broker: String) async throws {
        func warren(_ arguments: String...) async throws -> Program {
            try await Program.warren(arguments + ["--broker", broker, "--hub", hub])
        }
        for command in [["hub", "verify"], ["hub", "show"], ["list"], ["status", "a"], ["start", "A"], ["console"]] {
            let result = try await Program.warren(command + ["--broker", broker, "--hub", hub])
            #expect(result.exitCode == 5, "\(command): \(result.errors)")
            #expect(result.errors.contains("warren hub create --hub \(hub)"))
        }
        #expect(
            try await warren("hub", "create", "--partitions", "3", "--json").output
                == "{\"hub\":\"\(hub)\",\"partitions\":3,\"durability\":\"local\"}\n")
        #expect(try await warren("hub", "create", "--partitions", "3").exitCode == 0)
        #expect(try await warren("hub", "create", "--partitions", "4").exitCode == 5)
        #expect(try await warren("hub", "verify", "--partitions", "4").exitCode == 5)
        let verified = try await warren("hub", "verify")
        #expect(verified.exitCode == 0 && verified.errors.contains("the durability local"))
        let other = try await warren("hub", "create", "--durability", "journal")
        #expect(other.exitCode == 5 && other.errors.contains("durability 'local'"), "\(other.errors)")
        #expect(try await warren("console", "--no-follow").exitCode == 0)

        #expect(try await warren("start", "HelloCities", "--id", "a", "--confirmed-only").output == "a\n")
        #expect(try await warren("status", "a", "--timeout", "100ms").exitCode == 4)
        let shown = try await warren("hub", "show", "--json")
        // The start and the question: nobody has taken them.
        #expect(shown.output.contains(#"{"queue":"\#(hub).intake","messages":2,"consumers":0}"#), "\(shown.output)")
        let table = try await warren("hub", "show")
        #expect(table.output.contains("hub \(hub), 3 partitions, durability local\n"))
        #expect(table.errors.contains("--activity"), "no host is there to name activities: \(table.errors)")
        #expect(try await warren("hub", "show", "--json").output.contains(#""messages":2,"#), "showing asks nobody")
        #expect(try await warren("hub", "show", "--owners").output.contains("2          nobody yet\n"))
        #expect(try await warren("hub", "show", "--owners", "--json").output.contains(#""owners":[null,null,null]"#))
        let released = try await warren("hub", "release")
        #expect(released.exitCode == 0, "\(released.errors)")
        #expect(released.output.contains("partition 2  was nobody's\n"))
    }
}
