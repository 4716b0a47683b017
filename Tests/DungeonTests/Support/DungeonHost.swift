import Foundation
import Synchronization
import Testing

/// `dungeon serve` as a process of its own, to be asked, stopped or killed.
final class DungeonHost: Sendable {
    private struct State {
        var text = ""
        var isOver = false
        var waiting: [CheckedContinuation<Void, Never>] = []
        var isReady: Bool { text.contains("ready: ") && text.hasSuffix("\n") }
    }

    private let process = Process()
    private let state = Mutex(State())

    deinit {
        // A test that failed half-way leaves no host behind.
        if process.isRunning { Foundation.kill(process.processIdentifier, SIGKILL) }
    }

    /// Starts a host and waits until it takes messages and requests.
    static func start(_ arguments: [String]) async throws -> DungeonHost {
        let host = DungeonHost()
        try await host.launch(["serve", "--log-level", "error"] + arguments)
        return host
    }

    /// Where it takes requests, as its ready line says.
    var address: String {
        get throws {
            let text = state.withLock { $0.text }
            return String(try #require(text.firstMatch(of: /http:\/\/[0-9.:]+/)?.0, "no address in: \(text)")) + "/"
        }
    }

    /// SIGKILL: no chance to finish anything. Returns when the process is gone.
    func kill() async {
        Foundation.kill(process.processIdentifier, SIGKILL)
        await settled(\.isOver)
    }

    /// SIGTERM, and the exit status.
    func terminate() async -> Int32 {
        Foundation.kill(process.processIdentifier, SIGTERM)
        await settled(\.isOver)
        return process.terminationStatus
    }

    private func launch(_ arguments: [String]) async throws {
        process.executableURL = DungeonProgram.executable
        process.arguments = arguments
        process.standardInput = FileHandle.nullDevice
        // Read by a thread: Foundation's readability handlers outlive their descriptors, which crashes when hosts come and
        // go by the dozen.
        let pipe = Pipe()
        process.standardOutput = pipe
        Thread.detachNewThread { [weak self] in
            while case let data = pipe.fileHandleForReading.availableData, !data.isEmpty { self?.read(data) }
        }
        process.terminationHandler = { [weak self] _ in self?.wake { $0.isOver = true } }
        try process.run()
        await settled { $0.isReady || $0.isOver }
        try #require(state.withLock { $0.isReady }, "The host ended before it was ready.")
    }

    private func read(_ data: Data) {
        wake { $0.text += String(decoding: data, as: UTF8.self) }
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
