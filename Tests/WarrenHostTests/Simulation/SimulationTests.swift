import Testing
import Warren
import WarrenStorage
import WarrenTestKit

/// The product's own code in a simulated world; `warren-sim` runs more of it. `SimReport` says what a failing seed
/// prints.
@Suite struct SimulationTests {
    /// 2,000 seeds, on two threads.
    @Test(arguments: 0..<2)
    func `Whatever goes wrong, every promise holds`(shard: UInt64) async throws {
        let report = try await onThread { () -> String? in
            for seed in stride(from: 1 + shard, through: 2000, by: 2) {
                if let report = try SimReport.run(seed: seed).report { return "\(report)" }
            }
            return nil
        }
        #expect(report == nil)
    }

    @Test(arguments: SimBug.allCases)
    func `A planted bug is found`(bug: SimBug) async throws {
        let found = try await onThread { () -> String? in
            // About 500 runs each; a third of the seeds have journals.
            let seeds = (1...UInt64(bug.isOfJournals ? 1500 : 500)).lazy
            for seed in seeds {
                guard let plan = bug.plan(seed: seed), !bug.isOfJournals || plan.isJournalled else { continue }
                if let report = try SimReport.run(plan, bug: bug, shrinks: false).report {
                    return report.violation.invariant
                }
            }
            return nil
        }
        #expect(found.map { bug.foundBy.contains($0) } == true, "found by \(found ?? "nothing")")
    }

    @Test(arguments: [false, true])
    func `Transfers between accounts under locks keep every sum, and every lock ends`(terminating: Bool) async throws {
        let found = try await onThread { () -> String? in
            for seed in UInt64(1)...150 {
                let outcome = try Simulation(.transfers(seed: seed, terminating: terminating)).run()
                if let violation = outcome.violation { return "seed \(seed): \(violation)" }
            }
            return nil
        }
        #expect(found == nil)
    }

    @Test(arguments: [1, 3])
    func `Never more activities run at once than the hub's limit, and every call gets its permit`(limit: Int)
        async throws
    {
        let (found, most) = try await onThread { () -> (String?, Int) in
            var most = 0
            for seed in UInt64(1)...60 {
                let outcome = try Simulation(.limited(seed: seed, concurrency: limit)).run()
                if let violation = outcome.violation { return ("seed \(seed): \(violation)", most) }
                if outcome.mostBusy > limit { return ("seed \(seed): \(outcome.mostBusy) at once", most) }
                most = max(most, outcome.mostBusy)
            }
            return (nil, most)
        }
        #expect(found == nil)
        #expect(most == limit)
    }

    @Test func `A third of the seeds have journals, with hosts that follow and take over, snapshots, and poison`()
        async throws
    {
        let outcomes = try await onThread {
            try (1...150).lazy.map { SimPlan(seed: UInt64($0)) }.filter(\.isJournalled)
                .map { try Simulation($0).run() }
        }
        #expect((35...65).contains(outcomes.count))
        #expect(outcomes.reduce(0) { $0 + $1.claims } > 2 * outcomes.count)
        #expect(outcomes.contains { $0.takeovers > 0 })
        #expect(outcomes.count { $0.promotions > 0 } > 5)
        #expect(outcomes.count { $0.snapshots > 0 } > 5)
        #expect(outcomes.contains { $0.poisonings > 0 })
    }

    /// Children, parents, timers and events of parked instances go on, and nothing is lost or done twice.
    @Test func `What meets code that does not agree is parked, and ends as ever when that is mended`() async throws {
        let report = try await onThread { () -> (violation: String?, parkings: Int) in
            var parkings = 0
            for seed in 1...300 {
                var plan = SimPlan(seed: UInt64(seed))
                // Each resume of an instance that kills hosts is taken away as a message that does.
                if plan.hasPoison { continue }
                plan.changesCode = true
                let outcome = try Simulation(plan).run()
                parkings += outcome.parkings
                if let violation = outcome.violation { return ("seed \(seed): \(violation)", parkings) }
            }
            return (nil, parkings)
        }
        #expect(report.violation == nil)
        #expect(report.parkings > 20)
    }

    /// The programs of the seeds, with limits and cancellations in place of plain calls.
    @Test func `Activities that run out of time or are cancelled are answered once, whatever goes wrong`() async throws
    {
        let report = try await onThread { () -> String? in
            for seed in 1...400 {
                var plan = SimPlan(seed: UInt64(seed))
                plan.limitCalls()
                if let violation = try Simulation(plan).run().violation { return "seed \(seed): \(violation)" }
            }
            return nil
        }
        #expect(report == nil)
    }

    @Test func `A seed is the same run every time`() async throws {
        let traces = try await onThread {
            try (0..<2).map { _ in
                var lines: [String] = []
                for seed in 1...10 { _ = try Simulation(SimPlan(seed: UInt64(seed))) { lines.append($0) }.run() }
                return lines
            }
        }
        #expect(traces[0] == traces[1])
        #expect(traces[0].count > 500)
    }

    @Test func `A failing seed is reported with as little as it fails with`() async throws {
        let report = try await onThread { () -> SimReport? in
            for seed in 1...500 {
                if let report = try SimReport.run(seed: UInt64(seed), bug: .resultTakenTwice).report { return report }
            }
            return nil
        }
        let found = try #require(report)
        // A call, and a fault that brings its answer twice.
        #expect(found.plan.roots.count == 1)
        #expect(found.plan.roots.first.map { $0.ops.count <= 3 } == true)
        #expect(found.plan.actions.isEmpty)
        #expect(found.trace.count < 60)
        #expect("\(found)".contains("warren-sim --from"))
    }

    /// A simulation occupies its thread, and the threads of the concurrency pool are few.
    private func onThread<Result: Sendable>(_ body: @escaping @Sendable () throws -> Result) async throws -> Result {
        try await BlockingWork.run("simulation", body)
    }
}
