import Foundation
import TestSupport
import Testing

@testable import Patterns

/// A whole data directory that is copied back: nothing in it shows that it is older, and the broker's record does.
@Suite(
    "A host on an older copy of its data", .enabled(if: TestBroker.isAvailable, TestBroker.remedy),
    .timeLimit(.minutes(5)))
struct OlderStoreTests {
    @Test("It is refused with what is missing and what to do, and started with --accept-older-store")
    func copiedBack() async throws {
        let activities = activityNames { registerPatterns(with: $0, jobs: "") }
        try await HostFixture.run(activities: activities) { fixture in
            let patterns = try Program.product("patterns")
            let copy = fixture.data.appendingPathExtension("copy")
            defer { try? FileManager.default.removeItem(at: copy) }
            func running(_ arguments: [String] = [], _ body: () async throws -> Void) async throws {
                try await HostProcess.running(patterns, fixture.hostArguments + arguments) { _ in try await body() }
            }
            func hello(_ ids: Range<Int>) async throws {
                for id in ids {
                    #expect(
                        try await fixture.warren("start", "E1_SayHello", "--id", "h\(id)", "--wait").exitCode == 0)
                }
            }
            try await running { try await hello(0..<3) }
            try FileManager.default.copyItem(at: fixture.data, to: copy)
            try await running { try await hello(3..<9) }
            try FileManager.default.removeItem(at: fixture.data)
            try FileManager.default.copyItem(at: copy, to: fixture.data)

            // It stays so.
            #expect(try await Program.run(patterns, fixture.hostArguments).exitCode == 1)
            let refused = try await Program.run(patterns, fixture.hostArguments)
            #expect(refused.exitCode == 1)
            for words in [
                "The data directory is older than what this hub has acknowledged", "by the hub's record in the broker",
                "commits are missing", "storage.acceptOlder", "--accept-older-store",
            ] {
                #expect(refused.errors.contains(words), "\(words): \(refused.errors)")
            }
            try await running(["--accept-older-store"]) { try await hello(20..<22) }
            // From here on it is the state that counts.
            try await running { try await hello(22..<23) }
        }
    }

    @Test("The help of a sample host says what the option does, and what to do before")
    func help() async throws {
        let help = try await Program.run(Program.product("patterns"), ["--help"])
        #expect(help.exitCode == 0)
        let words = help.output.split { $0 == " " || $0 == "\n" }.joined(separator: " ")
        #expect(words.contains("--accept-older-store Start, this once, on files that are older"), "\(words)")
        #expect(words.contains("First put the newest files in place"), "\(words)")
    }
}
