import AMQP
import AMQPMessages
import Foundation
import Logging
import TestSupport
import Testing

/// What these tests ask of the broker besides.
extension TestBroker {
    private static let environment = ProcessInfo.processInfo.environment
    static let tlsURL = environment["WARREN_BROKER_TLS_URL"]
    /// Holds `ca.pem`, and for the tests of client certificates `client.pem` and `client.key`.
    static let tlsDirectory = environment["WARREN_BROKER_TLS_DIR"]

    static let logger = Logger(label: "test") { label in
        var handler = StreamLogHandler.standardError(label: label)
        handler.logLevel = .error
        return handler
    }

    static func configuration(_ change: (inout AMQPConfiguration) -> Void = { _ in }) throws -> AMQPConfiguration {
        var configuration = try AMQPConfiguration(url: requireURL())
        change(&configuration)
        return configuration
    }

    static func connect(_ change: (inout AMQPConfiguration) -> Void = { _ in }) async throws -> AMQPConnection {
        try await AMQPConnection.open(try configuration(change), logger: logger)
    }

    /// Starts the broker again. The sockets of a killed process close a moment after it counts as dead, and its
    /// successor is refused their ports until then; so a refused start is tried again.
    static func startAfterKill() async throws {
        var errors = ""
        for _ in 0..<20 {
            let result = try await runControl(["start"])
            if result.exitCode == 0 { return }
            errors = result.errors
        }
        Issue.record("the broker does not start: \(errors)")
    }

    /// The process of the broker.
    static func pid() async throws -> Int32 {
        let result = try await runControl(["ctl", "eval", "os:getpid()."])
        return try #require(Int32(result.output.filter(\.isNumber)))
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

    /// Runs what makes queues, and removes them afterwards if they are still there.
    static func removing(_ queues: String..., during body: () async throws -> Void) async throws {
        try await withCleanUp(body) { try await remove(queues: queues) }
    }

    /// Arguments of a quorum queue.
    static let quorum: FieldTable = ["x-queue-type": "quorum"]
}
