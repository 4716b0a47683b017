import Foundation
package import Testing

/// The broker that `scripts/test` started for the tests, as the environment tells it.
package enum TestBroker {
    private static let environment = ProcessInfo.processInfo.environment

    package static let isCI = environment["CI"] != nil

    /// Where it is; `nil` without one.
    package static let url = environment["WARREN_BROKER_URL"]

    /// Whether tests that need it are to run. In CI they always are: without a broker they fail.
    package static let isAvailable = url != nil || isCI

    /// A command that takes `start`, `stop`, `kill`, `settle` and `ctl …` for this very broker.
    private static let controlCommand = environment["WARREN_BROKER_CONTROL"]
    package static let isControllable = controlCommand != nil || isCI

    package static let remedy: Comment = "Needs a RabbitMQ: run scripts/test, or set WARREN_BROKER_URL."
    package static let controlRemedy: Comment = "Stops and starts a RabbitMQ of its own: run scripts/test."

    package static func requireURL() throws -> String {
        try #require(url, "WARREN_BROKER_URL is not set: run scripts/test, which starts a private broker.")
    }

    /// Runs a command against the broker, which has to succeed.
    package static func control(_ arguments: String...) async throws {
        let result = try await runControl(arguments)
        try #require(result.exitCode == 0, "\(arguments): \(result.errors)")
    }

    /// Runs what stops the broker, which is there again afterwards whatever becomes of the body.
    package static func interrupted(_ body: () async throws -> Void) async throws {
        try await withCleanUp(body) { try await control("start") }
    }

    /// Runs what needs a broker that thinks that it has no memory left. Afterwards it has some again.
    package static func starved<Value>(_ body: () async throws -> Value) async throws -> Value {
        try await withCleanUp {
            try await control("ctl", "set_vm_memory_high_watermark", "absolute", "1MB")
            return try await body()
        } afterwards: {
            try await control("ctl", "set_vm_memory_high_watermark", "absolute", "1GB")
        }
    }

    /// Runs a command against the broker, and says how that ended.
    package static func runControl(_ arguments: [String]) async throws -> Program {
        let command = try #require(controlCommand, "WARREN_BROKER_CONTROL is not set: run scripts/test.")
        return try await Program.run("sh", ["-c", "exec \(command) \"$@\"", "control"] + arguments)
    }
}
