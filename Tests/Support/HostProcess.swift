import Foundation
import Subprocess
package import Testing

/// A host as a process of its own, to be asked, stopped or killed.
package final class HostProcess: Sendable {
    private struct State: Sendable, CustomStringConvertible {
        var printed: [UInt8] = []
        var logged: [UInt8] = []
        var text: String { String(decoding: printed, as: UTF8.self) }
        var log: String { String(decoding: logged, as: UTF8.self) }
        var id: pid_t?
        var status: TerminationStatus?
        var isOver: Bool { status != nil }
        /// Whether it has printed a whole line that says so.
        var isReady: Bool {
            text.split(separator: "\n", omittingEmptySubsequences: false).dropLast().contains { $0.contains("ready") }
        }
        var description: String { "process \(id ?? 0), \(status.map { "\($0)" } ?? "running")\n\(text)\(log)" }
    }

    /// How a host that is no longer needed is ended.
    package enum End: Sendable { case asked, killed }

    private let state: Watched<State>

    private init(_ state: Watched<State>) {
        self.state = state
    }

    deinit {
        // A test that failed half-way leaves no host behind.
        signal(SIGKILL)
    }

    /// Starts a host and waits until it says that it is ready.
    ///
    /// - Parameter program: its path, such as ``Program/product(_:)`` gives, or its name when it is in the `PATH`.
    package static func start(_ program: String, _ arguments: [String]) async throws -> HostProcess {
        let host = HostProcess(begin(program, arguments))
        try await host.state.wait(for: "'\(program)' to be ready") { $0.isReady || $0.isOver ? () : nil }
        try #require(host.state.value.isReady, "The host ended before it was ready: \(host.output)")
        return host
    }

    /// Starts a host, which may end whenever it likes, and without its last words.
    package static func launch(_ program: String, _ arguments: [String]) -> HostProcess {
        HostProcess(begin(program, arguments, isQuiet: true))
    }

    /// Runs the body while a host runs, which has to end in good order when it is asked to.
    package static func running(
        _ program: String, _ arguments: [String], end: End = .asked, _ body: (HostProcess) async throws -> Void
    ) async throws {
        let host = try await start(program, arguments)
        do {
            try await body(host)
        } catch {
            await host.kill()
            throw error
        }
        switch end {
        case .asked: #expect(try await host.terminate() == 0, "SIGTERM ends a host with exit code 0")
        case .killed: await host.kill()
        }
    }

    /// - Parameter isQuiet: whether what it logs is not shown.
    private static func begin(_ program: String, _ arguments: [String], isQuiet: Bool = false) -> Watched<State> {
        let state = Watched(State())
        // Options say where the broker is, and nothing else does; a trap ends it at once, without words that take long.
        let variables = ProcessInfo.processInfo.environment.filter { !$0.key.hasPrefix("WARREN_") }
            .merging(["SWIFT_BACKTRACE": "enable=no"]) { $1 }
        let environment = Environment.custom(
            Dictionary(variables.map { (Environment.Key(stringLiteral: $0.key), $0.value) }) { $1 })
        Task {
            do {
                let result = try await Subprocess.run(
                    .name("env"), arguments: Arguments([program] + arguments), environment: environment,
                    input: .none, output: .sequence, error: .sequence
                ) { execution in
                    state.change { $0.id = execution.processIdentifier.value }
                    try await withThrowingTaskGroup(of: Void.self) { group in
                        group.addTask {
                            for try await chunk in execution.standardOutput {
                                let bytes = chunk.withUnsafeBytes { Array($0) }
                                state.change { $0.printed += bytes }
                            }
                        }
                        group.addTask {
                            for try await chunk in execution.standardError {
                                let bytes = chunk.withUnsafeBytes { Array($0) }
                                if !isQuiet { FileHandle.standardError.write(Data(bytes)) }
                                state.change { $0.logged += bytes }
                            }
                        }
                        try await group.waitForAll()
                    }
                }
                state.change { $0.status = result.terminationStatus }
            } catch {
                state.change { state in
                    state.printed += Array("\(error)".utf8)
                    state.status = .exited(127)
                }
            }
        }
        return state
    }

    /// What it has printed.
    package var output: String { state.value.text }

    /// Where it takes requests, as its ready line says, with a slash at the end.
    package var address: String {
        get throws {
            let output = output
            return String(try #require(output.firstMatch(of: /http:\/\/[0-9.:]+/)?.0, "no address in: \(output)")) + "/"
        }
    }

    /// Waits until it has logged something, or is over.
    package func logged(_ part: String, sourceLocation: SourceLocation = #_sourceLocation) async throws {
        try await state.wait(for: "a process to log '\(part)'", sourceLocation: sourceLocation) { state in
            state.log.contains(part) || state.isOver ? () : nil
        }
    }

    /// SIGKILL: no chance to finish anything. Returns when the process is gone, also to a test that is cancelled: nothing
    /// is left behind, and it does not take long.
    package func kill() async {
        await Task { _ = try? await end(by: SIGKILL) }.value
    }

    /// SIGSTOP: the process stands still, and its connections stay open.
    package func freeze() { signal(SIGSTOP) }

    /// SIGCONT: the process goes on where it stood.
    package func thaw() { signal(SIGCONT) }

    /// Waits for the end, however it comes, and returns whether it was in good order.
    package func end(sourceLocation: SourceLocation = #_sourceLocation) async throws -> Bool {
        try await state.wait(for: "a process to end", sourceLocation: sourceLocation, until: \.status).isSuccess
    }

    /// SIGTERM, and the exit status, or the number of the signal that ended it.
    ///
    /// - Throws: `NeverCame` when the test is cancelled first. Then the process is killed.
    package func terminate(sourceLocation: SourceLocation = #_sourceLocation) async throws -> Int32 {
        do {
            switch try await end(by: SIGTERM, sourceLocation: sourceLocation) {
            case .exited(let code), .signaled(let code): return code
            }
        } catch {
            await kill()
            throw error
        }
    }

    private func end(
        by signal: Int32, sourceLocation: SourceLocation = #_sourceLocation
    ) async throws -> TerminationStatus {
        try await state.wait(for: "a process to begin", sourceLocation: sourceLocation) { state in
            state.id != nil || state.isOver ? () : nil
        }
        self.signal(signal)
        return try await state.wait(
            for: "a process to end after signal \(signal)", sourceLocation: sourceLocation, until: \.status)
    }

    /// Nothing to a process that is over: its number may be another's.
    private func signal(_ signal: Int32) {
        state.change { if let id = $0.id, !$0.isOver { _ = Foundation.kill(id, signal) } }
    }
}
