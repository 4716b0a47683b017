import Foundation
import Subprocess
import Synchronization
import Testing

/// A host as a process of its own, to be asked, stopped or killed.
package final class HostProcess: Sendable {
    private struct State {
        var printed: [UInt8] = []
        var logged: [UInt8] = []
        var text: String { String(decoding: printed, as: UTF8.self) }
        var log: String { String(decoding: logged, as: UTF8.self) }
        var id: pid_t?
        var status: TerminationStatus?
        var isOver: Bool { status != nil }
        var waiting: [CheckedContinuation<Void, Never>] = []
        /// Whether it has printed a whole line that says so.
        var isReady: Bool {
            text.split(separator: "\n", omittingEmptySubsequences: false).dropLast().contains { $0.contains("ready") }
        }
    }

    /// How a host that is no longer needed is ended.
    package enum End: Sendable { case asked, killed }

    private let state: SharedState

    private init(_ state: SharedState) {
        self.state = state
    }

    deinit {
        // A test that failed half-way leaves no host behind.
        state.signal(SIGKILL)
    }

    /// Starts a host and waits until it says that it is ready.
    ///
    /// - Parameter program: its path, such as ``Program/product(_:)`` gives, or its name when it is in the `PATH`.
    package static func start(_ program: String, _ arguments: [String]) async throws -> HostProcess {
        let host = HostProcess(begin(program, arguments))
        await host.state.settled { $0.isReady || $0.isOver }
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
        case .asked: #expect(await host.terminate() == 0, "SIGTERM ends a host with exit code 0")
        case .killed: await host.kill()
        }
    }

    /// - Parameter isQuiet: whether what it logs is not shown.
    private static func begin(_ program: String, _ arguments: [String], isQuiet: Bool = false) -> SharedState {
        let state = SharedState()
        // Options say where the broker is, and nothing else does; a trap ends it at once, without words that take long.
        let variables = ProcessInfo.processInfo.environment.filter { !$0.key.hasPrefix("WARREN_") }
            .merging(["SWIFT_BACKTRACE": "enable=no"]) { $1 }
        let environment = Environment.custom(
            Dictionary(uniqueKeysWithValues: variables.map { (Environment.Key(stringLiteral: $0.key), $0.value) }))
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
    package func logged(_ part: String) async {
        await state.settled { $0.log.contains(part) || $0.isOver }
    }

    /// SIGKILL: no chance to finish anything. Returns when the process is gone.
    package func kill() async {
        _ = await end(by: SIGKILL)
    }

    /// Waits for the end, however it comes, and returns whether it was in good order.
    package func end() async -> Bool {
        await state.settled(\.isOver)
        return state.value.status?.isSuccess == true
    }

    /// SIGTERM, and the exit status, or the number of the signal that ended it.
    package func terminate() async -> Int32 {
        switch await end(by: SIGTERM) {
        case .exited(let code), .signaled(let code): code
        case nil: -1
        }
    }

    private func end(by signal: Int32) async -> TerminationStatus? {
        await state.settled { $0.id != nil || $0.isOver }
        state.signal(signal)
        await state.settled(\.isOver)
        return state.value.status
    }

    /// What is known of the process. It outlives the `HostProcess`, until the process is over.
    private final class SharedState: Sendable {
        private let state = Mutex(State())

        var value: State { state.withLock { $0 } }

        /// Nothing to a process that is over: its number may be another's.
        func signal(_ signal: Int32) {
            state.withLock { if let id = $0.id, !$0.isOver { _ = Foundation.kill(id, signal) } }
        }

        func change(_ change: (inout State) -> Void) {
            let waiting = state.withLock { state in
                change(&state)
                defer { state.waiting = [] }
                return state.waiting
            }
            for continuation in waiting { continuation.resume() }
        }

        func settled(_ condition: @Sendable (State) -> Bool) async {
            while !condition(value) {
                await withCheckedContinuation { continuation in
                    let isDone = state.withLock { state in
                        if condition(state) { return true }
                        state.waiting.append(continuation)
                        return false
                    }
                    if isDone { continuation.resume() }
                }
            }
        }
    }
}
