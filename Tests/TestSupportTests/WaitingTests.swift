import TestSupport
import Testing

/// What ends a test whose time is over: a time limit cancels the test, and no wait outlives that.
@Suite("Waiting in tests", .timeLimit(.minutes(1)))
struct WaitingTests {
    /// Cancels what waits, and returns what it throws. Detached, it belongs to no test whose issue it would be.
    private func cancelled(_ body: @escaping @Sendable () async throws -> Void) async -> String {
        let task = Task.detached { try await body() }
        task.cancel()
        switch await task.result {
        case .success: return "nothing was thrown"
        case .failure(let error): return "\(error)"
        }
    }

    @Test("A wait ends with the change that it waits for, whenever that comes")
    func changes() async throws {
        let numbers = Watched<[Int]>([])
        async let third = numbers.wait(for: "three") { $0.count >= 3 ? $0[2] : nil }
        for number in 1...3 {
            numbers.change { $0.append(number) }
            await Task.yield()
        }
        #expect(try await third == 3)
        #expect(try await numbers.wait(for: "what is there already", until: \.first) == 1)
    }

    @Test("Cancelled, every wait ends and says where it was, what for, and what came instead")
    func cancellation() async {
        let log = Watched(["one line"])
        let said = await cancelled {
            try await log.wait(for: "another line") { $0.count > 1 ? () : nil }
        }
        #expect(said.contains("WaitingTests.swift:"))
        #expect(said.contains("another line") && said.contains("one line"), "\(said)")

        let never = Gate()
        #expect(await cancelled { try await untilDone("a gate") { await never.pass() } }.contains("for a gate"))
        #expect(await cancelled { try await Task { await never.pass() }.ended() }.contains("a task to end"))
        #expect(await cancelled { try await untilSeen("a star") { false } }.contains("for a star"))
        let untold = await cancelled {
            _ = try await untilKnown("a word") { (_: @escaping @Sendable (Int) -> Void) in }
        }
        #expect(untold.contains("for a word"))
        never.open()
    }

    @Test("What is there already is found even when the time is over")
    func alreadyThere() async {
        let log = Watched(["one line"])
        #expect(await cancelled { try await log.wait(for: "a line", until: \.first) } == "nothing was thrown")
    }

    @Test("Cleaning up hears nothing of the cancellation, and the body's error is the one that is thrown")
    func cleaningUp() async {
        let wasCancelled = Watched<Bool?>(nil)
        let said = await cancelled {
            try await withCleanUp {
                try Task.checkCancellation()
            } afterwards: {
                wasCancelled.change { $0 = Task.isCancelled }
            }
        }
        #expect(said == "CancellationError()")
        #expect(wasCancelled.value == false)
    }
}
