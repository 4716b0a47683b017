import HeapModule

/// The world of a simulation: one queue of events, one thread, and a time that moves only from event to event.
///
/// All asynchronous code of the product runs on the world's executor, which is emptied after every event. So the seed
/// alone decides the events and their order.
///
/// `@unchecked Sendable`, like every such type of the simulation: one simulation is one thread.
package final class SimWorld: @unchecked Sendable {
    private struct Event: Comparable {
        var time: Int64
        var order: Int
        var body: () -> Void
        var isIdle: Bool

        static func < (left: Event, right: Event) -> Bool { (left.time, left.order) < (right.time, right.order) }
        static func == (left: Event, right: Event) -> Bool { left.order == right.order }
    }

    /// Decides which faults occur, and how long things take.
    package let draws: SimDraws
    package let executor = SimExecutor()
    /// The microseconds since the beginning. They never decrease, whatever clocks show.
    package private(set) var time: Int64 = 0
    /// The number of events so far.
    package private(set) var events = 0
    /// Writes the trace; `nil` for none.
    package var tell: ((String) -> Void)?
    /// The first violation that was found: later ones may follow from it.
    package private(set) var violation: SimViolation?

    private var queue = Heap<Event>()
    private var nextOrder = 0
    /// The number of scheduled events that keep the world going.
    private var open = 0

    package init(draws: SimDraws) {
        self.draws = draws
    }

    /// Whether nothing is left that keeps the world going.
    package var isEmpty: Bool { open == 0 }

    /// Schedules a closure after a delay, in microseconds.
    ///
    /// - Parameter isIdle: whether it only occurs if something else keeps the world going until then. Otherwise work that
    ///   is repeated at intervals would never let a run end.
    package func after(_ delay: Int64, isIdle: Bool = false, _ body: @escaping () -> Void) {
        queue.insert(Event(time: time + max(0, delay), order: nextOrder, body: body, isIdle: isIdle))
        nextOrder += 1
        if !isIdle { open += 1 }
    }

    /// Runs until no event is left, an invariant is violated, or there were too many events.
    package func run(most: Int) {
        executor.drain()
        while violation == nil, events < most, open > 0, let event = queue.popMin() {
            if !event.isIdle { open -= 1 }
            time = event.time
            events += 1
            event.body()
            executor.drain()
        }
    }

    /// Notes that an invariant does not hold.
    package func fail(_ invariant: String, _ entity: String, _ detail: @autoclosure () -> String) {
        guard violation == nil else { return }
        violation = SimViolation(invariant: invariant, entity: entity, detail: detail())
        trace { "!! \(self.violation.map { "\($0)" } ?? "")" }
    }

    /// Drops the scheduled events, and with them the objects that they keep.
    func clear() {
        queue = Heap()
        open = 0
    }

    package func trace(_ text: () -> String) {
        guard let tell else { return }
        let (seconds, rest) = time.quotientAndRemainder(dividingBy: 1_000_000)
        let digits = String(rest / 100)
        tell("t=\(seconds).\(String(repeating: "0", count: max(0, 4 - digits.count)))\(digits) \(text())")
    }
}
