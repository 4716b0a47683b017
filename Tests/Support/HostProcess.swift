import Foundation
import Synchronization
import Testing

/// A host as a process of its own, to be asked, stopped or killed.
package final class HostProcess: Sendable {
    private struct State {
        var text = ""
        /// What it logged.
        var log = ""
        var isOver = false
        var waiting: [CheckedContinuation<Void, Never>] = []
        /// Whether it has printed a whole line that says so.
        var isReady: Bool {
            text.split(separator: "\n", omittingEmptySubsequences: false).dropLast().contains { $0.contains("ready") }
        }
    }

    /// How a host that is no longer needed is ended.
    package enum End: Sendable { case asked, killed }

    private let process = Process()
    private let state = Mutex(State())

    deinit {
        // A test that failed half-way leaves no host behind.
        if process.isRunning { Foundation.kill(process.processIdentifier, SIGKILL) }
    }

    /// Starts a host and waits until it says that it is ready.
    ///
    /// - Parameter program: its path, such as ``Program/product(_:)`` gives, or its name when it is in the `PATH`.
    package static func start(_ program: String, _ arguments: [String]) async throws -> HostProcess {
        let host = HostProcess()
        try host.run(program, arguments)
        await host.settled { $0.isReady || $0.isOver }
        try #require(host.state.withLock { $0.isReady }, "The host ended before it was ready: \(host.output)")
        return host
    }

    /// Starts a host, which may end whenever it likes, and without its last words.
    package static func launch(_ program: String, _ arguments: [String]) throws -> HostProcess {
        let host = HostProcess()
        try host.run(program, arguments, isQuiet: true)
        return host
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

    private func run(_ program: String, _ arguments: [String], isQuiet: Bool = false) throws {
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = [program] + arguments
        // Options say where the broker is, and nothing else does.
        process.environment = ProcessInfo.processInfo.environment.filter { !$0.key.hasPrefix("WARREN_") }
            .merging(["SWIFT_BACKTRACE": "enable=no"]) { $1 }
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = readingPipe { [weak self] data in
            self?.wake { $0.text += String(decoding: data, as: UTF8.self) }
        }
        // A trap is to end it at once, without words that take long to write.
        process.standardError =
            isQuiet
            ? FileHandle.nullDevice
            : readingPipe { [weak self] data in
                FileHandle.standardError.write(data)
                self?.wake { $0.log += String(decoding: data, as: UTF8.self) }
            }
        process.terminationHandler = { [weak self] _ in self?.wake { $0.isOver = true } }
        try process.run()
    }

    /// A pipe that a thread reads to its end. Foundation's readability handlers keep a file descriptor in an event loop
    /// beyond its end, which crashes when hosts come and go by the dozen.
    private func readingPipe(_ take: @escaping @Sendable (Data) -> Void) -> Pipe {
        let pipe = Pipe()
        Thread.detachNewThread {
            while case let data = pipe.fileHandleForReading.availableData, !data.isEmpty { take(data) }
        }
        return pipe
    }

    /// What it has printed.
    package var output: String { state.withLock { $0.text } }

    /// Where it takes requests, as its ready line says, with a slash at the end.
    package var address: String {
        get throws {
            let output = output
            return String(try #require(output.firstMatch(of: /http:\/\/[0-9.:]+/)?.0, "no address in: \(output)")) + "/"
        }
    }

    /// Waits until it has logged something, or is over.
    package func logged(_ part: String) async {
        await settled { $0.log.contains(part) || $0.isOver }
    }

    /// SIGKILL: no chance to finish anything. Returns when the process is gone.
    package func kill() async {
        Foundation.kill(process.processIdentifier, SIGKILL)
        await settled(\.isOver)
    }

    /// Waits for the end, however it comes, and returns whether it was in good order.
    package func end() async -> Bool {
        await settled(\.isOver)
        return process.terminationReason == .exit && process.terminationStatus == 0
    }

    /// SIGTERM, and the exit status.
    package func terminate() async -> Int32 {
        Foundation.kill(process.processIdentifier, SIGTERM)
        await settled(\.isOver)
        return process.terminationStatus
    }

    private func wake(_ change: (inout State) -> Void) {
        let waiting = state.withLock { state in
            change(&state)
            defer { state.waiting = [] }
            return state.waiting
        }
        for continuation in waiting { continuation.resume() }
    }

    private func settled(_ condition: @Sendable (State) -> Bool) async {
        while true {
            if state.withLock({ condition($0) }) { return }
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
