import Testing

@testable import AMQP

@Suite("The three-state slot", .timeLimit(.minutes(5)))
struct ReplySlotTests {
    private enum Input: CaseIterable { case wait, succeed, fail, cancel }
    private struct Failure: Error {}

    private static func name(_ result: Result<Int, any Error>) -> String {
        switch result {
        case .success(let value): "\(value)"
        case .failure(is CancellationError): "cancelled"
        case .failure: "failed"
        }
    }

    @Test("Whatever comes in whatever order, the waiter is resumed once, by what came first")
    func everyOrder() {
        var orders: [[Input]] = [[]]
        for _ in 0..<3 { orders += orders.flatMap { order in Input.allCases.map { order + [$0] } } }
        for order in orders where order.count(where: { $0 == .wait }) == 1 {
            var machine = ReplySlotMachine<Int, Int>()
            var resumed: [String] = []
            for input in order {
                let action =
                    switch input {
                    case .wait: machine.wait(7)
                    case .succeed: machine.fulfil(.success(1))
                    case .fail: machine.fulfil(.failure(Failure()))
                    case .cancel: machine.cancel()
                    }
                if case .resume(_, let result) = action { resumed.append(Self.name(result)) }
            }
            let first = order.first { $0 != .wait }
            let expected: [String] =
                switch first {
                case .succeed: ["1"]
                case .fail: ["failed"]
                case .cancel: ["cancelled"]
                default: []
                }
            #expect(resumed == expected, "\(order)")
        }
    }

    @Test("A task cancelled before it waits gets a cancellation")
    func cancelledBefore() async {
        let slot = ReplySlot<Int>()
        let task = Task {
            withUnsafeCurrentTask { $0?.cancel() }
            return try await slot.value()
        }
        await #expect(throws: CancellationError.self) { try await task.value }
        slot.fulfil(.success(1))
    }

    @Test("A task cancelled while it waits gets a cancellation")
    func cancelledDuring() async {
        let slot = ReplySlot<Int>()
        let task = Task { try await slot.value() }
        task.cancel()
        await #expect(throws: CancellationError.self) { try await task.value }
    }

    @Test("An answer that is there before the cancellation is delivered")
    func cancelledAfter() async throws {
        let slot = ReplySlot<Int>()
        slot.fulfil(.success(5))
        let task = Task {
            withUnsafeCurrentTask { $0?.cancel() }
            return try await slot.value()
        }
        // `withTaskCancellationHandler` cancels the slot first; the answer has won already.
        #expect(try await task.value == 5)
    }
}
