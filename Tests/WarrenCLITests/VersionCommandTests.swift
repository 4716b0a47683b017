import Foundation
import TestSupport
import Testing
import Warren

@testable import WarrenCLI

@Suite("Versions over the broker", .enabled(if: TestBroker.isAvailable, TestBroker.remedy), .timeLimit(.minutes(5)))
struct VersionCommandTests {
    @Test("A start names a version, the status shows it, and the host replays what was exported")
    func version() async throws {
        try await SampleHost.running(["--set", "orchestrations.versionMatch=none"]) { host, _ in
            let started = try await host.warren("start", "HelloCities", "--id", "v", "--version", "2.0", "--wait")
            #expect(started.exitCode == 0, "\(started.errors)")
            let status = try JSONValue(Payload(json: try await host.warren("status", "v", "--json").output))
            #expect(status["version"] == "2.0")
            #expect(try await host.warren("status", "v").output.contains("Version     2.0\n"))
            #expect(try await host.warren("start", "HelloCities", "--id", "n", "--wait").exitCode == 0)
            let listed = try await host.warren("list", "--version", "2.0", "--json")
            #expect(listed.exitCode == 0, "\(listed.errors)")
            let lines = listed.output.split(separator: "\n")
            #expect(lines.count == 1 && lines.first?.contains(#""instanceId":"v""#) == true, "\(listed.output)")
            #expect(try await host.warren("list", "--version", "2.1").output.contains("HelloCities") == false)
            #expect(try await host.warren("list").output.contains("n "))
            let none = try await host.warren("list", "--version", "2 0")
            #expect(none.exitCode != 0 && none.errors.contains("'2 0' cannot be a version"), "\(none.errors)")
            let bad = try await host.warren("start", "HelloCities", "--version", "2 0")
            #expect(bad.exitCode == 1 || bad.exitCode == 2)
            #expect(bad.errors.contains("'2 0' cannot be a version"))

            #expect(
                try await host.warren("start", "Approval", "--id", "open", "--input", #"{"timeoutSeconds":3600}"#)
                    .exitCode == 0)
            #expect(try await host.warren("suspend", "open", "--reason", "lunch").exitCode == 0)
            let suspended = try await host.warren("status", "open").output
            #expect(suspended.contains("Suspended   by an operator"), "\(suspended)")
            #expect(suspended.contains("lunch"))

            let file = FileManager.default.temporaryDirectory.appending(path: "\(host.hub)-histories.jsonl")
            defer { try? FileManager.default.removeItem(at: file) }
            #expect(try await host.warren("export", "--to", file.path).exitCode == 0)
            let replayed = try await Program.run(Program.product("patterns"), ["--replay-check", file.path])
            #expect(replayed.exitCode == 0, "\(replayed.errors)")
            #expect(replayed.output == "3 histories replayed, 0 not followed\n")
            let text = try String(contentsOf: file, encoding: .utf8)
            try Data(text.replacingOccurrences(of: "SayHello", with: "SayNothing").utf8).write(to: file)
            let differs = try await Program.run(Program.product("patterns"), ["--replay-check", file.path])
            #expect(differs.exitCode == 1)
            #expect(differs.output.contains("NonDeterminism") && differs.output.contains("HelloCities.swift:"))
        }
    }
}
