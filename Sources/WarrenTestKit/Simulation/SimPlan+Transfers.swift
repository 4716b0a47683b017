extension SimPlan {
    /// Makes the plan of a seed in which every instance transfers money between a few accounts, and with the faults of the
    /// plan that the seed has otherwise. Rows are not damaged: the state of an entity would be lost.
    ///
    /// - Parameter terminating: whether instances may be terminated in the middle of a transfer: then the sum need not be
    ///   kept, but every lock ends.
    package static func transfers(seed: UInt64, terminating: Bool = false) -> SimPlan {
        var plan = SimPlan(seed: seed)
        var random = SimGenerator(seed ^ 0x7245)
        plan.rates[.rowDamaged] = nil
        for index in plan.roots.indices {
            plan.roots[index].ops = (0..<(1 + random.below(3))).map { _ in
                let from = random.below(3)
                return random.chance(15)
                    ? .again
                    : .transfer(from: "\(from)", to: "\((from + 1 + random.below(2)) % 3)", amount: 1 + random.below(9))
            }
        }
        plan.actions.removeAll { timed in
            switch timed.action {
            case .terminate: !terminating
            case .purge, .purgeEnded, .restart, .mismatch: true
            default: false
            }
        }
        return plan
    }

    /// Whether the balances of the accounts follow from the instances that have completed.
    var keepsBalances: Bool {
        !actions.contains { if case .terminate = $0.action { true } else { false } }
    }
}
