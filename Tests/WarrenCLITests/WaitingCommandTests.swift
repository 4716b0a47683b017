import TestSupport
import Testing
import Warren

/// Finding what is stuck from a shell: list, status, history, tree and top.
@Suite(
    "The commands and what instances wait for", .enabled(if: TestBroker.isAvailable, TestBroker.remedy),
    .timeLimit(.minutes(5)))
struct WaitingCommandTests {
    @Test("What waits for an event is found, named, followed to its end, and seen among the longest waiting")
    func waiting() async throws {
        try await SampleHost.running { fixture in
            let input = #"{"timeoutSeconds":3600}"#
            // Accepted, it has taken its first step, in which it begins to wait.
            #expect(try await fixture.warren("start", "Approval", "--id", "leave-7", "--input", input).exitCode == 0)
            #expect(try await fixture.warren("start", "HelloCities", "--id", "hello", "--wait").exitCode == 0)
            let listed = try await fixture.warren("list", "--waits-for", "event:approval").output
            #expect(listed.contains("leave-7") && listed.contains("waits for "), "\(listed)")
            #expect(listed.contains("event Approval (") && !listed.contains("hello"), "\(listed)")
            #expect(try await fixture.warren("list", "--waits-for", "activity").output == "")
            #expect(try await fixture.warren("list", "--sort", "waiting").output.contains("leave-7"))
            #expect(
                try await fixture.warren("list", "--sort", "waiting", "--updated-to", "2026-01-01T00:00:00Z").errors
                    .contains("no instances"))

            let status = try JSONValue(Payload(json: try await fixture.warren("status", "leave-7", "--json").output))
            #expect(status["waitsFor"]?[0]?["kind"] == "timer" && status["waitsFor"]?[1]?["name"] == "Approval")
            let shown = try await fixture.warren("status", "leave-7").output
            #expect(shown.contains("event Approval (") && shown.contains(", since 20"), "\(shown)")

            async let followed = fixture.warren("history", "leave-7", "--follow")
            let top = try await fixture.warren("top", "--count", "2", "--interval", "1s", "--json")
            let views = try top.output.split(separator: "\n").map { try JSONValue(Payload(json: String($0))) }
            #expect(top.exitCode == 0 && top.errors == "" && views.count == 2, "\(top.errors)")
            #expect(views[0]["counts"]?["Running"] == 1 && views[0]["counts"]?["Completed"] == 1)
            #expect(views[0]["longestWaiting"]?[0]?["instanceId"] == "leave-7" && views[0]["owners"] != nil)
            #expect(views[0]["newPerSecond"] == nil && views[1]["newPerSecond"]?.doubleValue == 0)

            #expect(try await fixture.warren("raise", "leave-7", "Approval", "--data", "true").exitCode == 0)
            let history = try await followed
            let lines = history.output.split(separator: "\n")
            #expect(history.exitCode == 0 && history.errors.contains("instance leave-7 ended: Completed"))
            #expect(lines.first?.contains("OrchestratorStarted") == true, "\(history.output)")
            #expect(lines.last?.contains("ExecutionCompleted") == true, "\(history.output)")
            #expect(lines.count { $0.contains("EventRaised Approval") } == 1)
            let again = try await fixture.warren("history", "leave-7", "--json").output.split(separator: "\n")
            #expect(again.count == lines.count)
            #expect(try JSONValue(Payload(json: String(again.last ?? "")))["type"] == "ExecutionCompleted")
        }
    }

    @Test("A tree shows an instance's children from above and from below; unknown instances and words are refused")
    func tree() async throws {
        try await SampleHost.running { fixture in
            let started = try await fixture.warren(
                "start", "ProvisionNewDevices", "--id", "devices", "--input", "2", "--wait")
            #expect(started.exitCode == 0, "\(started.errors)")
            let lines = try await fixture.warren("tree", "devices").output.split(separator: "\n")
            #expect(lines.count == 3 && lines[0].hasPrefix("devices"), "\(lines)")
            #expect(lines[1].hasPrefix("├─ ") && lines[2].contains("DeviceProvisioningOrchestration  Completed"))
            let json = try JSONValue(Payload(json: try await fixture.warren("tree", "devices", "--json").output))
            let child = try #require(json["instance"]?["children"]?[1]?["instanceId"]?.stringValue)
            let below = try await fixture.warren("tree", child).output.split(separator: "\n")
            #expect(below.count == 2 && below[0].hasPrefix("devices") && below[1].hasPrefix("└─ \(child)"), "\(below)")
            let cut = try await fixture.warren("tree", "devices", "--limit", "2")
            #expect(cut.output.contains("calls that are not shown") && cut.errors.contains("--limit"))

            for command in ["tree", "history"] {
                let unknown = try await fixture.warren(command, "nobody")
                #expect(unknown.exitCode == 1 && unknown.output == "" && unknown.errors.contains("'nobody'"))
            }
            let wrong = try await fixture.warren("list", "--waits-for", "evnt:Approval")
            #expect(wrong.exitCode == 2 && wrong.errors.contains("'evnt' is no kind of wait"), "\(wrong.errors)")
        }
    }
}
