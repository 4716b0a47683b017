import Foundation
import TestSupport
import Testing
import Warren

@testable import WarrenCLI

@Suite(
    "warren export and import", .enabled(if: TestBroker.isAvailable, TestBroker.remedy), .timeLimit(.minutes(5)))
struct TransferCommandTests {
    @Test("Instances are exported with histories, an interrupted export goes on, and an import starts each once")
    func transfer() async throws {
        try await SampleHost.running { host in
            for id in ["a", "b", "c"] {
                let input = #"["\#(id)"]"#
                #expect(
                    try await host.warren(
                        "start", "HelloCities", "--input", input, "--id", id, "--tag", "x=\(id)", "--wait"
                    )
                    .exitCode == 0)
            }
            #expect(
                try await host.warren("start", "Approval", "--id", "open", "--input", #"{"timeoutSeconds":3600}"#)
                    .exitCode == 0)
            let file = FileManager.default.temporaryDirectory.appending(path: "\(host.hub).jsonl")
            defer { try? FileManager.default.removeItem(at: file) }

            // As the scripts for shells ask: the words so far, and the beginning of the present one.
            let names = try await host.warren("---completion", "start", "--", "positional@0", "1", "2", "Hello")
            #expect(names.output == "HelloCities\n", "\(names.errors)")
            let ids = try await host.warren("---completion", "wait", "--", "positional@0", "1", "2", "op")
            #expect(ids.output == "open\n", "\(ids.errors)")

            // 1. Everything, newest first, with payloads.
            let whole = try await host.warren("export")
            #expect(whole.exitCode == 0 && whole.errors == "exported 4 instances\n", "\(whole.errors)")
            let lines = whole.output.split(separator: "\n").map(String.init)
            let values = try lines.map { try JSONValue(Payload(json: $0)) }
            #expect(values.map { $0["instanceId"]?.stringValue } == ["open", "c", "b", "a"])
            let last = try #require(values.last)
            #expect(last["warrenExport"] == 1 && last["output"]?[0] == "Hello a!", "\(last)")
            #expect(last["historyEvents"]?[1]?["type"] == "ExecutionStarted", "\(last)")
            #expect(try await host.warren("export", "--after", "b").output == lines[3] + "\n")

            // 2. A file that ends in the middle of its second line.
            try Data((lines[0] + "\n" + lines[1].prefix(40)).utf8).write(to: file)
            #expect(try await host.warren("export", "--to", file.path).exitCode == 2)
            let resumed = try await host.warren("export", "--to", file.path, "--resume", "--json")
            #expect(resumed.output == "{\"instancesExported\":3}\n", "\(resumed.errors)")
            let written = try String(contentsOf: file, encoding: .utf8).split(separator: "\n").map(String.init)
            #expect(written.map(stable) == lines.map(stable))

            // 3. Those that had not ended, once; then one that had ended, anew under another ID.
            let rehearsed = try await host.warren("import", file.path, "--dry-run", "--id-prefix", "2-")
            #expect(
                rehearsed.output == "2-open\n" && rehearsed.errors == "would start 1, skipped 3\n",
                "\(rehearsed.errors)")
            let exists = try await host.warren("import", file.path)
            #expect(exists.exitCode == 0 && exists.errors == "exists 1, skipped 3\n", "\(exists.errors)")
            for outcome in ["started 1", "exists 1"] {
                let again = try await host.warren("import", file.path, "--id-prefix", "2-")
                #expect(again.exitCode == 0 && again.errors == "\(outcome), skipped 3\n", "\(again.errors)")
            }
            let ended = try await host.warren(
                "import", file.path, "--status", "completed", "--id-prefix", "3-", "--json")
            #expect(ended.output.contains(#"{"line":4,"instanceId":"3-a","outcome":"started"}"#), "\(ended.output)")
            #expect(try await host.warren("wait", "3-a").output == "[\"Hello a!\"]\n")
            #expect(try await host.warren("list", "--tag", "x=a", "--json").output.split(separator: "\n").count == 2)
            let failed = try await host.warren("import", file.path, "--if-exists", "fail")
            #expect(failed.exitCode == 1 && failed.errors.contains("failed 1"), "\(failed.errors)")
        }
    }

    /// A line without what changes while an instance waits.
    private func stable(_ line: String) -> String {
        line.replacing(/"lastUpdatedTime":"[^"]*"/, with: "")
    }

    @Test(
        "A line that is no export is named with its number, and nothing is started behind it",
        arguments: [
            ("{", "is not JSON"), ("{}", "no member 'warrenExport'"), (#"{"warrenExport":9}"#, "has the format 9"),
            (#"{"warrenExport":1,"name":"A"}"#, "'instanceId'"),
        ])
    func badLine(line: String, words: String) async throws {
        let result = try await Program.run(
            Program.product("warren"), ["import", "-", "--dry-run"], environment: [:], input: "\n\(line)\n")
        #expect(result.exitCode == 2 && result.output == "")
        #expect(result.errors.contains("Line 2 of '-'") && result.errors.contains(words), "\(result.errors)")
    }

    @Test("An input that the answer had no room for is taken from the history, and a child is known by it")
    func omittedInput() throws {
        let line = try ExportedLine(
            #"{"warrenExport":1,"name":"A","instanceId":"a","runtimeStatus":"Running","createdTime":"2026-01-01T00:00:00Z","#
                + #""omitted":["input"],"tags":{"k":"v"},"historyEvents":[{"type":"OrchestratorStarted"},"#
                + #"{"type":"ExecutionStarted","input":{"n":1},"parent":{"instanceID":"p"}}]}"#)
        #expect(line.input.json == #"{"n":1}"#)
        #expect(line.parentInstanceID == "p" && line.tags == ["k": "v"] && line.status == .running)
    }
}
