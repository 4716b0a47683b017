import Testing
import WarrenStorage
import WarrenTestKit

/// Large payloads in the simulated world: claim checks, sweeps, purges and retention, over days of crashes and takeovers.
@Suite(.timeLimit(.minutes(5))) struct PayloadSimulationTests {
    @Test func `No reference points at nothing, what is read is what was written, and in the end nothing is left over`()
        async throws
    {
        let (found, takeovers, swept) = try await BlockingWork.run("simulation") { () -> (String?, Int, Int) in
            var (takeovers, swept) = (0, 0)
            for seed in UInt64(1)...120 {
                guard let plan = SimPlan.payloads(seed: seed) else { continue }
                let outcome = try Simulation(plan).run()
                takeovers += outcome.takeovers
                swept += outcome.swept
                if let violation = outcome.violation { return ("seed \(seed): \(violation)", takeovers, swept) }
            }
            return (nil, takeovers, swept)
        }
        #expect(found == nil)
        #expect(takeovers > 5)
        #expect(swept > 200)
    }

    /// Times are microseconds.
    @Test(arguments: [399_000, 400_001] as [Int64])
    func `A purge leaves the payload of another start of the same ID, stored before it or after it`(restart: Int64)
        async throws
    {
        var plan = SimPlan(
            roots: [.init("i0", [.large(100), .call])],
            actions: [
                .init(at: min(restart, 400_000), action: restart < 400_000 ? .restart(root: 0) : .purge(root: 0)),
                .init(at: max(restart, 400_000), action: restart < 400_000 ? .purge(root: 0) : .restart(root: 0)),
            ])
        plan.payloads = SimPayloads(threshold: 8)
        let violation = try await BlockingWork.run("simulation") { [plan] in try Simulation(plan).run().violation }
        #expect(violation == nil)
    }
}
