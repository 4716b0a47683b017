import Synchronization

/// What has happened so far, to be awaited by number.
final class Happenings<Element: Sendable>: Sendable {
    private struct State {
        var elements: [Element] = []
        var waiting: [(count: Int, continuation: CheckedContinuation<[Element], Never>)] = []
    }

    private let state = Mutex(State())

    var all: [Element] { state.withLock { $0.elements } }

    func add(_ element: Element) {
        let (ready, elements) = state.withLock { state in
            state.elements.append(element)
            let count = state.elements.count
            let ready = state.waiting.filter { $0.count <= count }
            state.waiting.removeAll { $0.count <= count }
            return (ready, state.elements)
        }
        for waiter in ready { waiter.continuation.resume(returning: elements) }
    }

    /// Waits until so many have happened. Not cancelled: the suite's time limit ends what never happens.
    @discardableResult
    func wait(for count: Int) async -> [Element] {
        await withCheckedContinuation { continuation in
            let elements = state.withLock { state -> [Element]? in
                if state.elements.count >= count { return state.elements }
                state.waiting.append((count, continuation))
                return nil
            }
            if let elements { continuation.resume(returning: elements) }
        }
    }
}

/// Holds back whoever comes until it is opened, cancelled or not.
final class Gate: Sendable {
    private let opened = Happenings<Void>()

    func open() { opened.add(()) }

    func pass() async { await opened.wait(for: 1) }
}
