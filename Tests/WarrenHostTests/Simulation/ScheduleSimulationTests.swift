import Testing
import Warren
import WarrenStorage
import WarrenTestKit

/// Schedules in the simulated world: crashes, duplicates, takeovers.
@Suite(.timeLimit(.minutes(5))) struct ScheduleSimulationTests {
    @Test func `Each due time has one run by the rules of its schedule, whatever dies, is lost or comes twice`()
        async throws
    {
        let (found, takeovers) = try await BlockingWork.run("simulation") { () -> (String?, Int) in
            var takeovers = 0
            for seed in UInt64(1)...150 {
                let outcome = try Simulation(.schedules(seed: seed)).run()
                takeovers += outcome.takeovers
                if let violation = outcome.violation { return ("seed \(seed): \(violation)", takeovers) }
            }
            return (nil, takeovers)
        }
        #expect(found == nil)
        #expect(takeovers > 5)
    }

    @Test func `The plans find it if a run begins while the one before goes on`() async throws {
        let found = try await BlockingWork.run("simulation") { () -> String? in
            for seed in UInt64(1)...50 {
                var plan = SimPlan.schedules(seed: seed)
                for index in plan.schedules.indices { plan.schedules[index].plantedOverlap = .allow }
                if let violation = try Simulation(plan).run().violation, violation.invariant == "S2" { return "S2" }
            }
            return nil
        }
        #expect(found == "S2", "\(found ?? "nothing")")
    }
}
