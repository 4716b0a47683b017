import Warren

extension SimPlan {
    /// Makes the plan of a seed with schedules in the place of the instances that clients start, and with the faults and the
    /// troubles of processes that the seed has otherwise.
    ///
    /// Rows are not damaged, because a damaged schedule fails, and clocks are not set, because a schedule that is created an
    /// hour before its time is due thousands of times.
    package static func schedules(seed: UInt64) -> SimPlan {
        var plan = SimPlan(seed: seed)
        var random = SimGenerator(seed ^ 0x5C4ED)
        plan.rates[.rowDamaged] = nil
        plan.roots = []
        plan.actions.removeAll { timed in
            switch timed.action {
            case .purgeEnded, .clock: true
            default: timed.action.root != nil
            }
        }
        plan.schedules = (0..<(1 + random.below(2))).map { schedule("s\($0)", &random) }
        return plan
    }

    private static func schedule(_ id: String, _ random: inout SimGenerator) -> SimSchedule {
        let every = 1000 + random.below(2000)
        let at = Int64(random.below(400_000))
        var ops: [SimOp] = []
        if random.chance(70) { ops.append(.sleep(milliseconds: 1 + random.below(random.chance(50) ? 3 * every : 300))) }
        ops.append(random.chance(15) ? .fail : random.chance(30) ? .fan(2) : .call)
        let overlap = random.pick(Schedule.Overlap.allCases)
        let catchUp = random.pick([Schedule.CatchUp.none, .one, .all(atMost: 100), .all(atMost: 2)])
        var commands: [SimSchedule.Timed] = []
        for _ in 0..<random.below(3) {
            commands.append(.init(at: at + Int64(random.below(8_000_000)), command: .trigger))
        }
        if overlap == .allow, random.chance(30) {
            let pause = at + Int64(random.below(4_000_000))
            commands.append(.init(at: pause, command: .pause))
            commands.append(.init(at: pause + Int64(1000 * random.below(5000)), command: .resume))
        }
        let span = Int64(1000 * every) * Int64(2 + random.below(6))
        return SimSchedule(
            id: id, at: at, every: Int64(1000 * every), end: at + span + Int64(random.below(900_000)), overlap: overlap,
            catchUp: catchUp, ops: ops, commands: commands)
    }
}
