/// Makes a failing plan smaller for as long as the same invariant fails: first the faults, then the operations of
/// clients and processes, then the programs, then the durations.
struct SimShrinker {
    private let bug: SimBug?
    private let invariant: String
    private(set) var plan: SimPlan
    private var attempts = 0

    /// The maximum number of runs.
    private static let mostAttempts = 400

    init(_ plan: SimPlan, _ outcome: Simulation.Outcome, _ violation: SimViolation, bug: SimBug?) {
        self.plan = plan
        self.bug = bug
        invariant = violation.invariant
        var faulty = plan
        faulty.allowed = Set(outcome.struck)
        if fails(faulty) { self.plan = faulty }
    }

    mutating func shrink() {
        shrinkFaults()
        shrink(\.actions)
        shrinkRoots()
        for index in plan.roots.indices { shrinkOps(of: index) }
        shrinkFaults()
        shrink(\.actions)
        var prompt = plan
        prompt.isPrompt = true
        if fails(prompt) { plan = prompt }
    }

    /// Whether a plan fails in the same way as the first one.
    private mutating func fails(_ plan: SimPlan) -> Bool {
        // What waits for an event that nobody sends does not end, which is no failure.
        guard attempts < Self.mostAttempts, plan.sendsAllEvents || !self.plan.sendsAllEvents else { return false }
        attempts += 1
        guard let simulation = try? Simulation(plan, bug: bug) else { return false }
        return simulation.run().violation?.invariant == invariant
    }

    private mutating func shrinkFaults() {
        guard let allowed = plan.allowed else { return }
        let list = allowed.sorted { "\($0)" < "\($1)" }
        shrink(list) { plan, list in plan.allowed = Set(list) }
    }

    private mutating func shrink<Element>(_ path: WritableKeyPath<SimPlan, [Element]>) {
        shrink(plan[keyPath: path]) { plan, list in plan[keyPath: path] = list }
    }

    private mutating func shrinkRoots() {
        var index = 0
        while plan.roots.count > 1, index < plan.roots.count {
            let smaller = plan.without(root: index)
            if fails(smaller) { plan = smaller } else { index += 1 }
        }
    }

    private mutating func shrinkOps(of root: Int) {
        shrink(plan.roots[root].ops) { plan, ops in plan.roots[root].ops = ops }
        for (index, op) in plan.roots[root].ops.enumerated() {
            guard case .child(let ops) = op else { continue }
            shrink(ops) { plan, ops in plan.roots[root].ops[index] = .child(ops) }
        }
    }

    /// Removes halves, then quarters, and so on to single elements (Zeller, Hildebrandt 2002: "Simplifying and
    /// isolating failure-inducing input").
    private mutating func shrink<Element>(_ list: [Element], _ set: (inout SimPlan, [Element]) -> Void) {
        var list = list
        var size = max(1, list.count)
        while size > 0, !list.isEmpty {
            var start = 0
            while start < list.count {
                var rest = list
                rest.removeSubrange(start..<min(start + size, list.count))
                var smaller = plan
                set(&smaller, rest)
                if fails(smaller) {
                    plan = smaller
                    list = rest
                } else {
                    start += size
                }
            }
            size /= 2
        }
    }
}

extension SimPlan {
    /// Returns the plan without a root, and without the operations on it.
    fileprivate func without(root index: Int) -> SimPlan {
        var smaller = self
        smaller.roots.remove(at: index)
        smaller.actions = actions.compactMap { timed in
            guard let root = timed.action.root else { return timed }
            if root == index { return nil }
            return root < index ? timed : Timed(at: timed.at, action: timed.action.about(root: root - 1))
        }
        return smaller
    }
}

extension SimPlan.Action {
    fileprivate func about(root: Int) -> SimPlan.Action {
        switch self {
        case .event(_, let name): .event(root: root, name: name)
        case .strayEvent(_, let name): .strayEvent(root: root, name: name)
        case .terminate: .terminate(root: root)
        case .terminateAll: .terminateAll(root: root)
        case .rewind: .rewind(root: root)
        case .update(_, let number): .update(root: root, number: number)
        case .suspend(_, let time): .suspend(root: root, for: time)
        case .purge: .purge(root: root)
        case .startAgain: .startAgain(root: root)
        case .mismatch: .mismatch(root: root)
        case .restart: .restart(root: root)
        case .status: .status(root: root)
        case .wait: .wait(root: root)
        default: self
        }
    }
}
