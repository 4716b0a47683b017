extension SimPlan {
    /// A plan of programs that call many activities at once, more than the hub may run, under the troubles of processes that
    /// a seed has. Nothing gives a call up: what runs is then exactly what has permits.
    package static func limited(seed: UInt64, concurrency: Int) -> SimPlan {
        var plan = SimPlan(seed: seed)
        var random = SimGenerator(seed ^ 0x11A175)
        plan.concurrency = concurrency
        plan.roots = (0..<4).map { index in
            Root(
                "i\(index)",
                [
                    .fan(2 + random.below(5)), .call, .sleep(milliseconds: random.below(100)),
                    .child([.fan(3), .failingCall]), .again, .fan(4),
                ], at: Int64(random.below(200_000)), waitsForEnd: random.chance(50))
        }
        plan.actions.removeAll { timed in
            if case .purgeEnded = timed.action { return true }
            return timed.action.root != nil
        }
        // A row of the outbox that is damaged may hold messages that nothing brings back.
        plan.rates[.rowDamaged] = nil
        plan.changesCode = false
        plan.mendsAt = 0
        return plan
    }
}
