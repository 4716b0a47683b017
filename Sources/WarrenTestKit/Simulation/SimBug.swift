/// A bug that is planted into the surroundings of the product's code.
package enum SimBug: String, Sendable, CaseIterable {
    /// Deliveries are acknowledged on arrival, before any effect of them is durable.
    case ackBeforeCommit
    /// Messages count as confirmed as soon as they are handed over.
    case removedBeforeConfirm
    /// The keys of messages that were taken are not kept.
    case forgottenKey
    /// A timer is lost when the store is opened again.
    case lostTimer
    /// An answered task is opened again.
    case resultTakenTwice

    /// The invariants that may detect it.
    package var foundBy: Set<String> {
        switch self {
        case .ackBeforeCommit: ["I1"]
        case .removedBeforeConfirm: ["I3"]
        case .forgottenKey: ["I4"]
        case .lostTimer: ["E2"]
        case .resultTakenTwice: ["I4"]
        }
    }
}
