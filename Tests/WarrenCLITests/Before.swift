import Foundation
import TestSupport
import Testing

@testable import Patterns

/// A hub for the programs of two versions: this one, and the one before, which `scripts/before` built.
struct Before {
    enum Version: String { case before, now }

    private static let folder = ProcessInfo.processInfo.environment["WARREN_BEFORE_BIN"]
    static let isThere = folder != nil && TestBroker.isAvailable
    static let remedy: Comment = "Needs the version before: run scripts/test --upgrade."

    private let fixture: HostFixture

    /// Runs a test and removes hub and folders afterwards.
    static func run(_ body: (Before) async throws -> Void) async throws {
        try await HostFixture.run(activities: activityNames { registerPatterns(with: $0, jobs: "") }) { fixture in
            try await body(Before(fixture: fixture))
        }
    }

    private func path(_ program: String, of version: Version) throws -> String {
        switch version {
        case .before: "\(try #require(Self.folder, Self.remedy))/\(program)"
        case .now: try Program.product(program)
        }
    }

    private func data(_ name: String) -> URL { fixture.data.appending(path: name) }

    private func arguments(_ name: String) -> [String] {
        fixture.place + ["--data", data(name).path, "--partitions", "2", "--log-level", "warning"]
    }

    /// Starts a host with a data directory of this name.
    func start(_ version: Version, _ name: String, _ option: String..., arguments more: [String] = []) async throws
        -> HostProcess
    {
        try await HostProcess.start(path("patterns", of: version), arguments(name) + option + more)
    }

    /// What a host says that does not start.
    func refusal(_ version: Version, _ name: String, arguments more: [String] = []) async throws -> String {
        let ended = try await Program.run(path("patterns", of: version), arguments(name) + more)
        #expect(ended.exitCode != 0)
        return ended.errors
    }

    /// Keeps a copy of a data directory.
    func copy(_ name: String, to other: String) throws {
        try FileManager.default.copyItem(at: data(name), to: data(other))
    }

    /// Runs `warren` of a version, whatever comes of it.
    func program(_ version: Version, _ arguments: [String]) async throws -> Program {
        try await Program.run(
            path("warren", of: version), arguments,
            environment: ["WARREN_BROKER_URL": fixture.broker, "WARREN_HUB": fixture.hub])
    }

    /// Runs `warren` of a version, which has to succeed, and returns what it printed.
    @discardableResult
    func warren(_ version: Version, _ arguments: String...) async throws -> String {
        let ended = try await program(version, arguments)
        #expect(ended.exitCode == 0, "\(arguments): \(ended.errors)")
        return ended.output
    }
}
