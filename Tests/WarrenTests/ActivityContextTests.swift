import Logging
import Synchronization
import Testing

@testable import Warren

@Suite("The context of an activity, and sets of activities", .timeLimit(.minutes(5)))
struct ActivityContextTests {
    private final class Control: ActivityControl {
        let beats = Mutex<[Payload?]>([])
        var isCanceled: Bool { false }
        func heartbeat(_ details: Payload?) { beats.withLock { $0.append(details) } }
    }

    private func context(previous: Payload? = nil, _ control: Control? = nil) -> ActivityContext {
        ActivityContext(
            instanceID: "i", executionID: "e", orchestration: "O", activity: "A", taskID: 7, attempt: 1,
            retryAttempt: 3, idempotencyKey: "i:e:7", previousHeartbeat: previous, logger: Logger(label: "test"),
            printLine: { _, _ in }, control: control)
    }

    @Test("heartbeats pass on details of any type, up to their size")
    func heartbeats() throws {
        let control = Control()
        let context = context(control)
        context.heartbeat()
        try context.heartbeat(["row": 12])
        try context.heartbeat(String(repeating: "x", count: ActivityContext.maximumHeartbeatBytes - 2))
        let error = #expect(throws: WarrenError.self) {
            try context.heartbeat(String(repeating: "x", count: ActivityContext.maximumHeartbeatBytes - 1))
        }
        #expect(error?.code == .heartbeatTooLarge)
        #expect(throws: WarrenError.self) { try context.heartbeat(Double.nan) }
        let beats = control.beats.withLock { $0 }
        #expect(beats.count == 3)
        #expect(beats.prefix(2) == [nil, #"{"row":12}"#])
        #expect(!context.isCanceled)
    }

    @Test("the details of an earlier run are read as their type, and there may be none")
    func previous() throws {
        #expect(try context().previousHeartbeat(as: Int.self) == nil)
        #expect(try context(previous: "12").previousHeartbeat() == 12)
        #expect(throws: WarrenError.self) { try context(previous: "12").previousHeartbeat(as: String.self) }
        #expect(context().retryAttempt == 3)
    }

    private enum Payments {
        static let charge = Activity<Int, String>("Charge")
        static let refund = Activity<String, Void>("Refund")
        static let balance = Activity<Void, Int>("Balance")
    }

    private struct PaymentActivities: ActivitySet {
        let rate: Int

        func register(with registrar: some FunctionRegistrar) {
            registrar.register(Payments.charge, body: charge)
            registrar.register(Payments.refund, body: refund)
            registrar.register(Payments.balance, body: balance)
        }

        private func charge(_ amount: Int, _ context: ActivityContext) async throws -> String {
            "\(amount * rate) for \(context.instanceID)"
        }
        private func refund(_ receipt: String) async throws {}
        private func balance() async throws -> Int { rate }
    }

    @Test("a set of activities registers its methods under their references, with what they depend on")
    func set() async throws {
        let functions = FunctionRegistry()
        functions.register(activities: PaymentActivities(rate: 3))
        #expect(functions.activityNames == ["Balance", "Charge", "Refund"])
        #expect(try await functions.activity("Charge")?("2", context()) == "\"6 for i\"")
        #expect(try await functions.activity("Refund")?("\"r\"", context()) == .null)
        #expect(try await functions.activity("Balance")?(.null, context()) == "3")
    }
}
