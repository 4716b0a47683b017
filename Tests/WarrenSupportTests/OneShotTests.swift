import Testing

@testable import WarrenSupport

@Suite("A value that is set once", .timeLimit(.minutes(5)))
struct OneShotTests {
    private enum Input: CaseIterable { case wait, first, second }
    private typealias Slot = OneShot<Result<Int, any Error>>
    private struct Failure: Error {}

    @Test("Whatever comes in whatever order, each waiter is resumed once, with the value that was set first")
    func everyOrder() {
        var orders: [[Input]] = [[]]
        for _ in 0..<4 { orders += orders.flatMap { order in Input.allCases.map { order + [$0] } } }
        for order in orders {
            var machine = OneShotMachine<Input, Int>()
            var resumed: [Int: [Input]] = [:]
            for (number, input) in order.enumerated() {
                switch input {
                case .wait: if let value = machine.wait(number) { resumed[number, default: []].append(value) }
                case .first, .second: for waiter in machine.set(input) { resumed[waiter, default: []].append(input) }
                }
            }
            let value = order.first { $0 != .wait }
            let waiters = order.indices.filter { order[$0] == .wait }
            for waiter in waiters { #expect(resumed[waiter] == value.map { [$0] }, "\(order)") }
            #expect(resumed.count == (value == nil ? 0 : waiters.count), "\(order)")
        }
    }

    @Test("All that wait get the value")
    func waiters() async {
        let shot = OneShot<Int>()
        let tasks = (0..<5).map { _ in Task { await shot.value } }
        shot.set(3)
        shot.set(4)
        for task in tasks { #expect(await task.value == 3) }
    }

    @Test("A task cancelled before it waits gets a cancellation, and an answer that comes later is dropped")
    func cancelledBefore() async {
        let slot = Slot()
        let task = Task {
            withUnsafeCurrentTask { $0?.cancel() }
            return try await slot.answer()
        }
        await #expect(throws: CancellationError.self) { try await task.value }
        slot.fulfil(.success(1))
    }

    @Test("A task cancelled while it waits gets a cancellation")
    func cancelledDuring() async {
        let slot = Slot()
        let task = Task { try await slot.answer() }
        task.cancel()
        await #expect(throws: CancellationError.self) { try await task.value }
    }

    @Test("An answer that is there before the cancellation is delivered, and so is an error")
    func cancelledAfter() async throws {
        let slot = Slot()
        slot.fulfil(.success(5))
        let task = Task {
            withUnsafeCurrentTask { $0?.cancel() }
            return try await slot.answer()
        }
        // `withTaskCancellationHandler` cancels the slot first; the answer has won already.
        #expect(try await task.value == 5)
        let failed = Slot()
        failed.fulfil(.failure(Failure()))
        await #expect(throws: Failure.self) { try await failed.answer() }
    }
}
