import Testing
import Warren
import WarrenStorage
import WarrenTestKit

/// What the simulation has found, with as little as it takes. Times are microseconds.
@Suite struct SimulationFindingTests {
    @Test func `A destination is tried again though its time came in an alarm and the clock was put back`() async throws
    {
        let outcome = try await run(
            SimPlan(
                roots: [.init("i2", [.fan(2)], at: 83_635)],
                actions: [
                    .init(at: 147_966, action: .blocked(for: 3_754_261)),
                    .init(at: 3_221_975, action: .clock(skew: -2_007_000_000)),
                ], faults: [.init(.refused, of: "work:i2/0")]))
        #expect(outcome.violation == nil)
        #expect(outcome.time < 60_000_000)
    }

    @Test(arguments: [SimFault.refused, .lost])
    func `Messages that have to be sent again do not wait for a clock that was put back`(fault: SimFault) async throws {
        let outcome = try await run(
            SimPlan(
                roots: [.init("i0", [.call])], actions: [.init(at: 10_000, action: .clock(skew: -3_600_000_000))],
                faults: [.init(fault, of: "work:i0/0")]))
        #expect(outcome.violation == nil)
        #expect(outcome.time < 120_000_000)
    }

    @Test func `A destination is tried again though there was no room for that when it refused`() async throws {
        var plan = SimPlan(
            roots: [.init("i1", [.wait(event: "v1x0"), .send(event: "z1", to: "i2"), .send(event: "z1", to: "i0")])],
            actions: [.init(at: 369_884, action: .event(root: 0, name: "v1x0"))],
            faults: [.init(.refused, of: "reply:c-start-i1", 1), .init(.slowFlush, of: "p0")])
        plan.roots[0].waitsForEnd = true
        plan.window = 2
        let outcome = try await run(plan)
        #expect(outcome.violation == nil)
        #expect(outcome.time < 120_000_000)
    }

    @Test func `What comes for a queue after one of its messages was refused and another found no queue is sent`()
        async throws
    {
        var plan = SimPlan(
            roots: [
                .init("i0", [.sleep(milliseconds: 700)], waitsForEnd: true),
                .init("i2", [.call], at: 119_695, waitsForEnd: true),
            ],
            actions: [.init(at: 248_532, action: .queueTrouble("reply", isMissing: true, for: 6_692_455))],
            faults: [.init(.confirmLost, of: "sim.start:start-i2"), .init(.refused, of: "reply:c-start-i2", 1)])
        plan.window = 2
        let outcome = try await run(plan)
        #expect(outcome.violation == nil)
    }

    @Test func `The patience with a missing queue is not over when the clock is put forward`() async throws {
        let outcome = try await run(
            SimPlan(
                roots: [.init("i1", [.call], at: 148_018)],
                actions: [
                    .init(at: 100_000, action: .queueTrouble("activity", isMissing: true, for: 8_892_897)),
                    .init(at: 230_681, action: .clock(skew: 47_199_000_000)),
                ]))
        #expect(outcome.violation == nil)
    }

    @Test func `A store is opened again after its pause though the clock was put back`() async throws {
        let outcome = try await run(
            SimPlan(
                roots: [.init("i0", [.call], at: 153_525)],
                actions: [.init(at: 257_749, action: .clock(skew: -3_164_000_000))],
                faults: [.init(.readFails, of: "p0", 2)]))
        #expect(outcome.violation == nil)
        #expect(outcome.time < 60_000_000)
    }

    @Test(arguments: 1..<4)
    func `A damaged row is replaced whichever commit after that fails`(commit: Int) async throws {
        // Which row it is comes from the seed: of the start that waits, or of its timer.
        let plans = (1...12).map { seed in
            SimPlan(
                seed: seed, roots: [.init("i0", [], at: 9_422, isNamed: false, delay: 2_000)],
                actions: [.init(at: 100_000, action: .kill(downFor: 10_000))],
                faults: [.init(.rowDamaged, of: "p0"), .init(.commitFails, of: "p0", commit)])
        }
        let damage = try await BlockingWork.run("simulation") {
            try plans.map { plan in
                var damaged = ""
                let outcome = try Simulation(plan) { if $0.contains("damaged: ") { damaged = $0 } }.run()
                if let violation = outcome.violation { throw violation }
                return damaged
            }
        }
        #expect(damage.contains { $0.contains("damaged: timer") })
    }

    @Test func `A host that was frozen when it looked at an empty journal goes on when another one has begun it`()
        async throws
    {
        var plan = SimPlan(
            roots: [.init("i0", [.call], at: 50_000)], actions: [.init(at: 150, action: .takeover(frozenFor: 500_000))])
        plan.isJournalled = true
        let outcome = try await run(plan)
        #expect(outcome.violation == nil)
        #expect(outcome.takeovers == 1)
    }

    private func run(_ plan: SimPlan) async throws -> Simulation.Outcome {
        try await BlockingWork.run("simulation") { try Simulation(plan).run() }
    }
}
