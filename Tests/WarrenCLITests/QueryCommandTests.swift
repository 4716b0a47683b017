import TestSupport
import Testing
import Warren

/// Queries and updates from a shell and by plain AMQP, over RabbitMQ.
@Suite(
    "The commands of queries and updates", .enabled(if: TestBroker.isAvailable, TestBroker.remedy),
    .timeLimit(.minutes(5)))
struct QueryCommandTests {
    @Test("A cart is filled and looked into, what is wrong is told, and amqp-publish does the same")
    func whole() async throws {
        try await SampleHost.running { fixture in
            #expect(try await fixture.warren("start", "Cart", "--id", "cart").exitCode == 0)
            let added = try await fixture.warren("update", "cart", "addItem", "--input", #""tea""#, "--update-id", "u")
            #expect(added.exitCode == 0 && added.output == "1\n", "\(added.output)\(added.errors)")
            let again = try await fixture.warren("update", "cart", "addItem", "--input", #""tea""#, "--update-id", "u")
            #expect(again.output == "1\n", "\(again.errors)")

            let published = try await Program.run(
                "/usr/bin/amqp-publish",
                ["-u", fixture.broker, "-e", "\(fixture.hub).control", "-r", "cart/update/addItem", "-b", #""milk""#])
            #expect(published.exitCode == 0, "\(published.errors)")
            try await untilSeen("the update of amqp-publish") {
                try await fixture.warren("query", "cart", "items").output == #"["tea","milk"]"# + "\n"
            }
            let line = try JSONValue(Payload(json: try await fixture.warren("query", "cart", "items", "--json").output))
            #expect(line == ["instanceId": "cart", "query": "items", "result": ["tea", "milk"]])

            let unknown = try await fixture.warren("query", "cart", "price")
            #expect(unknown.exitCode == 1 && unknown.errors.contains("It answers items"), "\(unknown.errors)")
            let refused = try await fixture.warren("update", "cart", "addItem", "--input", #""""#)
            #expect(refused.exitCode == 1 && refused.errors.contains("refuses the update"), "\(refused.errors)")
            let wrong = try await fixture.warren("query", "cart", "items", "--input", "{")
            #expect(wrong.exitCode == 2, "\(wrong.errors)")

            #expect(try await fixture.warren("list", "--tag", "state=open").output.contains("cart"))
            #expect(try await fixture.warren("update", "cart", "checkOut").output == "null\n")
            #expect(try await fixture.warren("wait", "cart", "--timeout", "30s").exitCode == 0)
            #expect(try await fixture.warren("query", "cart", "items").output == #"["tea","milk"]"# + "\n")
            let late = try await fixture.warren("update", "cart", "addItem", "--input", #""late""#)
            #expect(late.exitCode == 1 && late.errors.contains("nothing can reach it"), "\(late.errors)")
            #expect(try await fixture.warren("list", "--name", "Cart", "--with-input", "null").output.contains("cart"))
            #expect(
                try await fixture.warren("list", "--name", "Cart", "--with-input", "1").output.contains("cart") == false
            )
        }
    }
}
