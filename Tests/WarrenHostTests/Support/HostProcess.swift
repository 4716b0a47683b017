import Foundation
import Synchronization
import Testing

/// A host as a process of its own, to be killed: the sample host `patterns`, or another one.
final class HostProcess: Sendable {
    private struct State {
        var text = ""
        /// What it logged.
        var log = ""
        var isReady = false
        var isOver = false
        var waiting: [CheckedContinuation<Void, Never>] = []
    }

    private let process = Process()
    private let state = Mutex(State())

    deinit {
        // A test that failed half-way leaves no host behind.
        if process.isRunning { Foundation.kill(process.processIdentifier, SIGKILL) }
    }

    /// Starts a host and waits until it takes messages.
    static func start(hub: String, broker: String, data: String, roles: String) async throws -> HostProcess {
        let host = HostProcess()
        try host.launch(
            "patterns",
            ["--broker", broker, "--hub", hub, "--data", data, "--roles", roles, "--log-level", "warning"])
        await host.settled { $0.isReady || $0.isOver }
        try #require(host.state.withLock { $0.isReady }, "The host ended before it was ready: \(host.output)")
        return host
    }

    /// Starts a host, which may end whenever it likes, and without its last words.
    static func launch(_ program: String, _ arguments: [String]) throws -> HostProcess {
        let host = HostProcess()
        try host.launch(program, arguments, isQuiet: true)
        return host
    }

    private func launch(_ program: String, _ arguments: [String], isQuiet: Bool = false) throws {
        process.executableURL = URL(fileURLWithPath: try Command.product(program))
        process.arguments = arguments
        process.environment = ProcessInfo.processInfo.environment.merging(["SWIFT_BACKTRACE": "enable=no"]) { $1 }
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = readingPipe { [weak self] in self?.read($0) }
        // A trap is to end it at once, without words that take long to write.
        process.standardError =
            isQuiet
            ? FileHandle.nullDevice
            : readingPipe { [weak self] data in
                FileHandle.standardError.write(data)
                self?.wake { $0.log += String(decoding: data, as: UTF8.self) }
            }
        process.terminationHandler = { [weak self] _ in self?.ended() }
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

    var output: String { state.withLock { $0.text } }

    /// Waits until it has logged something, or is over.
    func logged(_ part: String) async {
        await settled { $0.log.contains(part) || $0.isOver }
    }

    /// SIGKILL: no chance to finish anything. Returns when the process is gone.
    func kill() async {
        Foundation.kill(process.processIdentifier, SIGKILL)
        await settled(\.isOver)
    }

    /// Waits for the end, however it comes, and returns whether it was in good order.
    func end() async -> Bool {
        await settled(\.isOver)
        return process.terminationReason == .exit && process.terminationStatus == 0
    }

    /// SIGTERM, and the exit status.
    func terminate() async -> Int32 {
        Foundation.kill(process.processIdentifier, SIGTERM)
        await settled(\.isOver)
        return process.terminationStatus
    }

    private func read(_ data: Data) {
        wake {
            $0.text += String(decoding: data, as: UTF8.self)
            if $0.text.contains("ready") { $0.isReady = true }
        }
    }

    private func ended() {
        wake { $0.isOver = true }
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
