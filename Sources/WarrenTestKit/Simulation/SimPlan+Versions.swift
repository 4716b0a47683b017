import Warren
import WarrenHost

extension SimPlan {
    /// Makes the plan of a seed in which instances have versions, and every process another default version than the one
    /// before, with the faults that the seed has otherwise and with processes that come and go more often.
    ///
    /// Nothing ends an instance from outside, so each has to complete, or to fail for its version where the hosts say so.
    /// `nil` if an executor that answers later runs the orchestrators: it knows of no versions.
    package static func versions(seed: UInt64) -> SimPlan? {
        var plan = SimPlan(seed: seed)
        guard !plan.answersLater, !plan.hasPoison else { return nil }
        var random = SimGenerator(seed ^ 0x7E45)
        plan.rates[.rowDamaged] = nil
        plan.actions.removeAll { timed in
            switch timed.action {
            case .terminate, .purge, .purgeEnded, .restart, .mismatch, .strayEvent: true
            default: false
            }
        }
        let fails = random.chance(40)
        plan.versions = SimVersions(
            hosts: (0..<(2 + random.below(3))).map { _ in
                SimVersions.Rules(
                    defaultVersion: random.pick([nil, "1", "2", "3"]),
                    match: random.chance(50) ? .strict : .currentOrOlder)
            }, failsMismatch: fails)
        for index in plan.roots.indices {
            plan.roots[index].version = random.pick([nil, "1", "2", "3"])
            plan.roots[index].ops = plan.roots[index].ops.map { op in
                switch op {
                // The caller of a child that fails for its version would have another output.
                case .child where fails, .start: .call
                case .sleep: .sleep(milliseconds: 1 + random.below(2000))
                default: op
                }
            }
        }
        for _ in 0..<(2 + random.below(4)) {
            let at = Int64(random.below(4_000_000))
            let time = Int64(1 + random.below(200_000))
            plan.actions.append(Timed(at: at, action: random.chance(60) ? .kill(downFor: time) : .stop(downFor: time)))
        }
        plan.actions.sort { $0.at < $1.at }
        return plan
    }
}
