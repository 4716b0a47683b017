import AMQP
import Foundation
import Logging
import Subprocess
import Testing

/// The broker that the tests in ``BrokerTests`` talk to, named by the environment.
enum TestBroker {
    private static let environment = ProcessInfo.processInfo.environment

    static let isCI = environment["CI"] != nil
    static let url = environment["WARREN_BROKER_URL"]
    /// A script that takes `start`, `stop`, `kill` and `ctl ARGUMENTS…` for that broker.
    static let control = environment["WARREN_BROKER_CONTROL"]
    static let tlsURL = environment["WARREN_BROKER_TLS_URL"]
    /// Holds `ca.pem`, and for the tests of client certificates `client.pem` and `client.key`.
    static let tlsDirectory = environment["WARREN_BROKER_TLS_DIR"]

    static let logger = Logger(label: "test") { label in
        var handler = StreamLogHandler.standardError(label: label)
        handler.logLevel = .error
        return handler
    }

    static func configuration(_ change: (inout AMQPConfiguration) -> Void = { _ in }) throws -> AMQPConfiguration {
        let url = try #require(url, "WARREN_BROKER_URL names no broker")
        var configuration = try AMQPConfiguration(url: url)
        change(&configuration)
        return configuration
    }

    static func connect(_ change: (inout AMQPConfiguration) -> Void = { _ in }) async throws -> AMQPConnection {
        try await AMQPConnection.open(try configuration(change), logger: logger)
    }

    /// Runs the control script.
    static func control(_ arguments: String...) async throws {
        let error = try await runControl(arguments)
        #expect(error == nil, "\(arguments): \(error ?? "")")
    }

    /// Starts the broker again. The sockets of a killed process close a moment after it counts as dead, and its
    /// successor is refused their ports until then; so a refused start is tried again.
    static func startAfterKill() async throws {
        var error: String?
        for _ in 0..<20 {
            error = try await runControl(["start"])
            if error == nil { return }
        }
        Issue.record("the broker does not start: \(error ?? "")")
    }

    /// - Returns: what it wrote to standard error, when it failed.
    private static func runControl(_ arguments: [String]) async throws -> String? {
        let script = try #require(control, "WARREN_BROKER_CONTROL names no script")
        let result = try await run(
            .name("env"), arguments: Arguments([script] + arguments), output: .discarded,
            error: .string(limit: 65_536))
        return result.terminationStatus.isSuccess ? nil : result.standardError
    }

    /// The process of the broker.
    static func pid() async throws -> Int32 {
        let script = try #require(control, "WARREN_BROKER_CONTROL names no script")
        let result = try await run(
            .name("env"), arguments: [script, "ctl", "eval", "os:getpid()."], output: .string(limit: 4096),
            error: .discarded)
        return try #require(Int32(result.standardOutput.filter(\.isNumber)))
    }

    /// Whether every thread of a process stands, as Linux tells it; elsewhere the signal is trusted.
    static func isStopped(_ pid: Int32) throws -> Bool {
        #if os(Linux)
        let folder = "/proc/\(pid)/task"
        return try FileManager.default.contentsOfDirectory(atPath: folder).allSatisfy { thread in
            let line = try String(contentsOfFile: "\(folder)/\(thread)/stat", encoding: .utf8)
            // `pid (name) state …`; the name may hold anything.
            return line.split(separator: ")").last?.dropFirst().first == "T"
        }
        #else
        return true
        #endif
    }

    /// A name that no other test uses.
    static func uniqueName(_ purpose: String) -> String {
        "test.\(purpose).\(UInt64.random(in: 0...UInt64.max))"
    }

    /// Arguments of a quorum queue.
    static let quorum: FieldTable = ["x-queue-type": "quorum"]
}
