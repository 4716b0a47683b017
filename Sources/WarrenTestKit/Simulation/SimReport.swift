/// The report of a seed that fails: the violated invariant, the smallest plan that violates it, and the trace of that
/// run.
package struct SimReport: Sendable, CustomStringConvertible {
    package var seed: UInt64
    package var violation: SimViolation
    /// The smallest plan found that fails in the same way.
    package var plan: SimPlan
    /// The trace, a line for each event.
    package var trace: [String]
    package var bug: SimBug?

    package var description: String {
        var lines = ["seed \(seed): \(violation)"]
        let kind =
            bug != nil
            ? ""
            : !plan.schedules.isEmpty
                ? " --schedules"
                : plan.versions != nil
                    ? " --versions"
                    : plan.payloads != nil ? " --payloads" : ""
        lines.append("again: warren-sim --from \(seed) --seeds 1\(kind)\(bug.map { " --bug \($0.rawValue)" } ?? "")")
        lines.append(
            "  warm \(plan.warm), window \(plan.window), outbox \(plan.outboxRows), local \(plan.routesLocally), "
                + "prompt \(plan.isPrompt), journals \(plan.isJournalled), "
                + "follower \(plan.hasFollower), journal bytes \(plan.journalBytes.map { "\($0)" } ?? "unlimited")")
        for root in plan.roots {
            let delay = root.delay.map { " after \($0) ms" } ?? ""
            lines.append(
                "  \(root.id) at \(root.at)\(delay)\(root.isNamed ? "" : ", unnamed"): \(SimOp.text(root.ops))")
        }
        for schedule in plan.schedules { lines.append("  \(schedule)") }
        if let versions = plan.versions {
            lines.append("  hosts \(versions.hosts), mismatch \(versions.failsMismatch ? "fails" : "waits")")
        }
        if let payloads = plan.payloads { lines.append("  \(payloads)") }
        for timed in plan.actions { lines.append("  at \(timed.at): \(timed.action)") }
        let faults = plan.allowed.map { $0.map(\.description).sorted() } ?? []
        for fault in faults { lines.append("  fault: \(fault)") }
        return (lines + trace).joined(separator: "\n")
    }

    /// Runs a seed.
    ///
    /// - Parameters:
    ///   - bug: the bug to plant.
    ///   - shrinks: whether a failing plan is made smaller, which takes some hundred runs.
    /// - Returns: the outcome, and a report if the seed failed.
    package static func run(
        seed: UInt64, bug: SimBug? = nil, shrinks: Bool = true
    ) throws -> (outcome: Simulation.Outcome, report: SimReport?) {
        try run(SimPlan(seed: seed), bug: bug, shrinks: shrinks)
    }

    /// Runs a plan in the same way.
    package static func run(
        _ plan: SimPlan, bug: SimBug? = nil, shrinks: Bool = true
    ) throws -> (outcome: Simulation.Outcome, report: SimReport?) {
        let seed = plan.seed
        let outcome = try Simulation(plan, bug: bug).run()
        guard let violation = outcome.violation else { return (outcome, nil) }
        var smallest = plan
        if shrinks {
            var shrinker = SimShrinker(plan, outcome, violation, bug: bug)
            shrinker.shrink()
            smallest = shrinker.plan
        }
        var trace: [String] = []
        let last = try Simulation(smallest, bug: bug) { trace.append($0) }.run()
        return (
            outcome,
            SimReport(seed: seed, violation: last.violation ?? violation, plan: smallest, trace: trace, bug: bug)
        )
    }
}
