import Foundation
import Testing

/// The broker that `scripts/test` started for the tests.
enum TestBroker {
    private static let environment = ProcessInfo.processInfo.environment

    /// Where it is; `nil` without one.
    static let url = environment["WARREN_BROKER_URL"]

    /// Whether tests that need it are to run. In CI they always are: without a broker they fail.
    static let isAvailable = url != nil || environment["CI"] != nil

    /// A command that takes `start`, `kill`, `settle` and `ctl …` for this very broker.
    static let controlCommand = environment["WARREN_BROKER_CONTROL"]
    static let isControllable = controlCommand != nil || environment["CI"] != nil

    static let remedy: Comment = "Needs a RabbitMQ: run scripts/test, or set WARREN_BROKER_URL."
    static let controlRemedy: Comment = "Stops and starts a RabbitMQ of its own: run scripts/test."

    static func requireURL() throws -> String {
        try #require(url, "WARREN_BROKER_URL is not set: run scripts/test, which starts a private broker.")
    }

    /// Runs a command against the broker and waits for its end.
    static func control(_ arguments: String...) async throws {
        let command = try #require(controlCommand, "WARREN_BROKER_CONTROL is not set: run scripts/test.")
        let result = try await Command.run("/bin/sh", ["-c", "exec \(command) \"$@\"", "control"] + arguments)
        try #require(result.status == 0, "\(command) \(arguments): \(result.error)")
    }
}
