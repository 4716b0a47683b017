import Testing
import WarrenStorage
import WarrenTestKit

/// Updates in the simulated world: whatever goes wrong meanwhile, each takes effect once and is answered.
@Suite(.timeLimit(.minutes(5))) struct UpdateSimulationTests {
    @Test func `Each update takes effect once and is answered, whatever dies or is lost`() async throws {
        let found = try await BlockingWork.run("simulation") { () -> String? in
            for seed in UInt64(1)...150 {
                guard let plan = SimPlan.updates(seed: seed) else { continue }
                if let violation = try Simulation(plan).run().violation { return "seed \(seed): \(violation)" }
            }
            return nil
        }
        #expect(found == nil)
    }
}
