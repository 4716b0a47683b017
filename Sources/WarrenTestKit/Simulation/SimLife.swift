/// The life of a simulated process: what happens in it happens only while it lives, and later while it is frozen.
final class SimLife: @unchecked Sendable {
    private let world: SimWorld
    private(set) var isOver = false
    private var isFrozen = false
    private var waiting: [() -> Void] = []

    init(_ world: SimWorld) { self.world = world }

    func end() {
        isOver = true
        waiting = []
    }

    /// Freezes the process, as a signal does that the process does not notice.
    func freeze(for time: Int64) {
        guard !isOver, !isFrozen else { return }
        isFrozen = true
        world.after(time) { [self] in
            guard !isOver else { return }
            world.trace { "** a frozen process goes on" }
            isFrozen = false
            let waiting = waiting
            self.waiting = []
            for body in waiting where !isOver { body() }
        }
    }

    /// Runs a closure of the process: now, or when it is not frozen any more, or never if it is dead.
    func run(_ body: @escaping () -> Void) {
        guard !isOver else { return }
        if isFrozen { waiting.append(body) } else { body() }
    }
}
