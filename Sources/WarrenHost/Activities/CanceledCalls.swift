import DequeModule
import WarrenMessaging

/// Calls that were given up before their work items came here. The oldest are forgotten: their items would still be told
/// that they are not wanted, when they take a lease.
struct CanceledCalls {
    private static let most = 1024

    private var known: Set<WorkCancellation.Subject> = []
    private var order: Deque<WorkCancellation.Subject> = []

    mutating func add(_ subject: WorkCancellation.Subject) {
        guard known.insert(subject).inserted else { return }
        order.append(subject)
        if order.count > Self.most, let oldest = order.popFirst() { known.remove(oldest) }
    }

    /// Whether a call was given up.
    func contains(_ call: WorkCall) -> Bool {
        guard !known.isEmpty else { return false }
        return known.contains(.call(correlationID: call.correlationID))
            || known.contains(.execution(call.item.token.executionID))
    }
}

extension WorkCancellation {
    /// Whether it is about a call.
    func concerns(_ call: WorkCall) -> Bool {
        switch subject {
        case .call(let correlationID): call.correlationID == correlationID
        case .execution(let executionID): call.item.token.executionID == executionID
        }
    }
}
