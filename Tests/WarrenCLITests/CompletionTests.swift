import Foundation
import TestSupport
import Testing

/// What a shell is offered for an instance's ID, as its script asks for it.
@Suite("Completion of IDs", .enabled(if: TestBroker.isAvailable, TestBroker.remedy), .timeLimit(.minutes(2)))
struct CompletionTests {
    @Test("The hub of a file, of the environment and of options is asked, and a wrong configuration offers nothing")
    func instances() async throws {
        let file = FileManager.default.temporaryDirectory.appending(path: "warren-completion-\(UUID().uuidString).yaml")
        defer { try? FileManager.default.removeItem(at: file) }
        try await SampleHost.running { host in
            try Data("hub: \(host.hub)\nbroker: {url: '\(host.broker)'}\n".utf8).write(to: file)
            #expect(try await host.warren("start", "HelloCities", "--id", "mine-1", "--wait").exitCode == 0)
            func offered(_ words: [String], _ variables: [String: String] = [:]) async throws -> String {
                try await Program.warren(
                    ["---completion", "status", "--", "positional@0", "\(words.count + 2)", "2", "warren", "status"]
                        + words + ["mi"],
                    environment: variables.merging(["SAP_SHELL": "bash", "SAP_SHELL_VERSION": "5.2"]) { $1 }
                ).output
            }
            #expect(try await offered(["--config", file.path]) == "mine-1\n")
            #expect(try await offered([], ["WARREN_CONFIG": file.path]) == "mine-1\n")
            #expect(try await offered(["--broker", host.broker, "--hub=\(host.hub)"]) == "mine-1\n")
            #expect(
                try await offered([], ["WARREN_CONFIG": file.path, "WARREN_LEASES_DURRATION": "1m"])
                    .trimmingCharacters(in: .newlines).isEmpty)
        }
    }
}
