extension SimPlan {
    /// Makes the plan of a seed in a hub with a payload folder: the programs of the seed, with large payloads, and sleeps of
    /// days during which the folder is swept. Processes die, freeze and lose their disks over the whole time.
    ///
    /// `nil` if an executor that answers later runs the orchestrators: it knows of no references. Clocks differ by seconds
    /// only, because the folder and the hosts have to agree about the age of a payload.
    package static func payloads(seed: UInt64) -> SimPlan? {
        var plan = SimPlan(seed: seed)
        guard !plan.answersLater, !plan.hasPoison else { return nil }
        var random = SimGenerator(seed ^ 0x9A710AD)
        func time(_ bound: Int64) -> Int64 { 1 + Int64(random.next() % UInt64(bound)) }
        plan.rates[.rowDamaged] = nil
        if random.chance(35) { plan.rates[.payloadFails] = random.pick([10, 40]) }
        if random.chance(35) { plan.rates[.deathAtPayload] = random.pick([5, 20]) }
        for index in plan.actions.indices {
            guard case .clock = plan.actions[index].action else { continue }
            plan.actions[index].action = .clock(skew: Int64(random.below(20)) * 1_000_000 - 10_000_000)
        }
        var rules = SimPayloads(threshold: random.pick([8, 16, 40, 120]))
        if random.chance(40) { rules.retention = random.pick([3_600_000_000, SimPayloads.day]) }
        for index in plan.roots.indices {
            plan.roots[index].ops = large(plan.roots[index].ops, &random)
            if random.chance(40) { rules.whole.insert(index) }
            // The same ID, again, about the time at which the first instance is removed.
            let waits = plan.roots[index].ops.contains { if case .wait = $0 { true } else { false } }
            if random.chance(25), plan.roots[index].isNamed, !waits {
                let at = plan.roots[index].at + time(1_500_000)
                plan.actions.append(Timed(at: at, action: .purge(root: index)))
                plan.actions.append(
                    Timed(at: at + Int64(random.below(40_000)) - 20_000, action: .restart(root: index)))
            }
        }
        plan.payloads = rules
        // Most of what goes wrong does so at the beginning, and the rest over days.
        plan.endOfFaults += random.chance(50) ? 12 * SimPayloads.day : 0
        for _ in 0..<random.below(4) {
            let at = time(12 * SimPayloads.day)
            let action: Action =
                switch random.below(4) {
                case 0: .killWithDisk(downFor: time(1_000_000))
                case 1: .takeover(frozenFor: time(random.chance(50) ? 10 * SimPayloads.day : 1_000_000))
                case 2: .stop(downFor: time(1_000_000))
                default: .kill(downFor: time(random.chance(20) ? 2 * SimPayloads.day : 1_000_000))
                }
            plan.actions.append(Timed(at: at, action: action))
        }
        plan.actions.sort { $0.at < $1.at }
        return plan
    }

    private static func large(_ ops: [SimOp], _ random: inout SimGenerator) -> [SimOp] {
        var changed: [SimOp] = []
        for op in ops {
            switch op {
            case .call, .failingCall: changed.append(random.chance(60) ? .large(1 + random.below(300)) : op)
            case .child(let ops): changed.append(.child(large(ops, &random)))
            case .start(let id, let ops): changed.append(.start(id: id, large(ops, &random)))
            case .sleep where random.chance(40):
                changed.append(.sleep(milliseconds: 1 + random.below(9 * 86_400_000)))
            default: changed.append(op)
            }
        }
        if random.chance(50) { changed.insert(.large(1 + random.below(300)), at: random.below(changed.count + 1)) }
        return changed
    }
}
