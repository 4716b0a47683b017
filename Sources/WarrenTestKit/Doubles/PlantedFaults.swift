import Synchronization

/// The operations of one kind, counted together, and the faults that a test has planted in some of them.
package final class PlantedFaults<Fault: Sendable>: Sendable {
    private struct State {
        var count = 0
        var faults: [Int: Fault] = [:]
    }

    private let state = Mutex(State())

    private let onFault: @Sendable () -> Void

    /// - Parameter onFault: called when an operation has a fault. It must return quickly.
    package init(onFault: @escaping @Sendable () -> Void = {}) {
        self.onFault = onFault
    }

    /// Plants a fault in an operation that is to come.
    ///
    /// - Parameter distance: 1 for the next operation.
    package func plant(_ fault: Fault, in distance: Int) {
        state.withLock { $0.faults[$0.count + distance] = fault }
    }

    /// Plants a fault in the operation of a number, counted from the first.
    package func plant(_ fault: Fault, at number: Int) {
        state.withLock { $0.faults[number] = fault }
    }

    /// Counts an operation, and returns its fault if it has one.
    package func next() -> Fault? {
        let fault = state.withLock { state in
            state.count += 1
            return state.faults.removeValue(forKey: state.count)
        }
        if fault != nil { onFault() }
        return fault
    }
}
