import Testing
import WarrenStorage
import WarrenTestKit

/// Versions in the simulated world: instances of several, and hosts of several that come and go.
@Suite(.timeLimit(.minutes(5))) struct VersionSimulationTests {
    @Test func `No instance runs on code of a version that its host's rules do not admit, and none is lost`()
        async throws
    {
        let (found, parkings) = try await BlockingWork.run("simulation") { () -> (String?, Int) in
            var parkings = 0
            for seed in UInt64(1)...200 {
                guard let plan = SimPlan.versions(seed: seed) else { continue }
                let outcome = try Simulation(plan).run()
                parkings += outcome.versionParkings
                if let violation = outcome.violation { return ("seed \(seed): \(violation)", parkings) }
            }
            return (nil, parkings)
        }
        #expect(found == nil)
        #expect(parkings > 20)
    }
}
