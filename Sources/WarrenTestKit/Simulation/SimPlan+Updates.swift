extension SimPlan {
    /// Makes the plan of a seed in which every instance takes updates, at some point of its program, and with the faults
    /// of the plan that the seed has otherwise. Clients repeat each update until it is answered.
    ///
    /// Nothing ends an instance from outside, because an update of one that has ended may be unanswerable. `nil` if an
    /// executor that answers later runs the orchestrators: it takes no updates.
    package static func updates(seed: UInt64) -> SimPlan? {
        var plan = SimPlan(seed: seed)
        guard !plan.answersLater else { return nil }
        var random = SimGenerator(seed ^ 0x0DA7)
        plan.rates[.rowDamaged] = nil
        plan.actions.removeAll { timed in
            switch timed.action {
            case .purgeEnded: true
            case .suspend, .status, .wait, .startAgain: false
            default: timed.action.root != nil
            }
        }
        for index in plan.roots.indices {
            let count = 1 + random.below(4)
            var ops: [SimOp] = (0..<random.below(3)).map { _ in
                switch random.below(4) {
                case 0: .again
                case 1: .sleep(milliseconds: 1 + random.below(300))
                default: .call
                }
            }
            // Its result goes with the history, so no generation begins after it.
            ops.append(.updates(count))
            if random.chance(50) { ops.append(.call) }
            plan.roots[index].ops = ops
            for number in 0..<count {
                let at = plan.roots[index].at + Int64(random.below(600_000))
                plan.actions.append(Timed(at: at, action: .update(root: index, number: number)))
            }
        }
        plan.actions.sort { $0.at < $1.at }
        return plan
    }
}
