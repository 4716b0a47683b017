#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif
#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// A host as a process of its own.
final class ClusterHost: Sendable {
    /// How a host is started.
    struct Plan: Sendable {
        var hub: String
        var broker: String
        var directory: String
        var partitionCount: Int
        var durability: DurabilityKind
        var roles: [String] = ["orchestrator", "activity"]

        var arguments: [String] {
            [
                HostCommand.name, "--hub", hub, "--data-directory", directory, "--partitions",
                String(partitionCount), "--durability", durability.rawValue,
            ] + roles.flatMap { ["--role", $0] }
        }
    }

    let number: Int
    let directory: String
    private let process: ChildProcess
    private let log: String

    /// The number of its process, as its beats say it.
    var id: Int { Int(process.id) }

    /// Starts it; it may be not ready yet.
    init(_ number: Int, _ plan: Plan) throws {
        self.number = number
        directory = plan.directory
        log = plan.directory + ".log"
        process = try ChildProcess(
            plan.arguments, environment: ["WARREN_BROKER_URL": plan.broker], log: log)
    }

    /// Waits until it takes messages.
    ///
    /// - Throws: `BenchError` with the end of its log.
    func awaitReady() async throws {
        // A hub of many partitions takes its time to make on a busy machine.
        guard try await answer(within: .seconds(300)) == "ready" else {
            throw BenchError(.host, "Host \(number) ended, or was not ready within 300 s. \(lastWords)")
        }
    }

    /// What it has used since it was started.
    func usage() async throws -> HostUsage {
        process.say("usage")
        guard let line = try await answer(within: .seconds(20)), let usage = HostUsage(line) else {
            throw BenchError(.host, "Host \(number) does not say what it uses. \(lastWords)")
        }
        return usage
    }

    /// Ends it at once, as `kill -9` does.
    func kill() { process.send(SIGKILL) }

    /// Stops it as it is, with all its connections open.
    func freeze() { process.send(SIGSTOP) }
    func thaw() { process.send(SIGCONT) }

    /// Asks it to end in order.
    func askToStop() { process.send(SIGTERM) }

    /// Waits until its process is over.
    func awaitEnd() async { await process.wait() }

    /// The end of its log.
    private var lastWords: String {
        guard let data = FileManager.default.contents(atPath: log), !data.isEmpty else {
            return "It has logged nothing"
        }
        return "Its log ends: " + String(decoding: data.suffix(2000), as: UTF8.self)
    }

    private func answer(within time: Duration) async throws -> String? {
        try await withThrowingTaskGroup(of: String?.self) { [process] group in
            group.addTask { await process.line() }
            group.addTask {
                try await Task.sleep(for: time)
                return nil
            }
            defer { group.cancelAll() }
            return try await group.next() ?? nil
        }
    }
}
