extension SimPlan {
    /// Makes a plan for operators' commands that reach several instances: trees of instances that fail and are rewound
    /// when what they failed for is mended, and one that waits for an event which never comes and is terminated whole.
    ///
    /// Faults and troubles of processes are those of the seed.
    package static func operators(seed: UInt64) -> SimPlan {
        var plan = SimPlan(seed: seed)
        var random = SimGenerator(seed ^ 0x09E2)
        // Damage fails instances that nothing rewinds.
        plan.rates[.rowDamaged] = nil
        plan.actions.removeAll { timed in
            if case .purgeEnded = timed.action { return true }
            return timed.action.root != nil
        }
        plan.roots = []
        plan.mendsAt = Int64(300_000 + random.below(1_500_000))
        for index in 0..<(1 + random.below(2)) {
            var ops = tree(&random, depth: 0)
            ops.insert(.must([.call, .unlucky]), at: random.below(ops.count + 1))
            plan.roots.append(Root("w\(index)", ops, at: Int64(random.below(200_000))))
            plan.actions.append(Timed(at: plan.mendsAt, action: .rewind(root: index)))
        }
        let waiting: SimOp = .must([.call, .must([.wait(event: "never")])])
        plan.roots.append(
            Root("t", random.chance(50) ? [.call, waiting] : [waiting], at: Int64(random.below(100_000))))
        plan.actions.append(
            Timed(at: Int64(random.below(1_000_000)), action: .terminateAll(root: plan.roots.count - 1)))
        plan.actions.sort { $0.at < $1.at }
        return plan
    }

    private static func tree(_ random: inout SimGenerator, depth: Int) -> [SimOp] {
        (0..<(1 + random.below(3))).map { _ in
            switch random.below(100) {
            case 0..<30: .call
            case 30..<50: .unlucky
            case 50..<75 where depth < 2: .must(tree(&random, depth: depth + 1))
            case 75..<85: .fan(2)
            case 85..<95: .sleep(milliseconds: 1 + random.below(400))
            default: .failingCall
            }
        }
    }
}
