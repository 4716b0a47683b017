import Testing
import WarrenStorage
import WarrenTestKit

/// Operators' commands that reach several instances, in the simulated world: whatever goes wrong meanwhile.
@Suite(.timeLimit(.minutes(5))) struct OperatorSimulationTests {
    /// Runs plans, and returns the first violation.
    private func run(_ seeds: ClosedRange<UInt64>, _ change: @escaping @Sendable (inout SimPlan) -> Void = { _ in })
        async throws -> String?
    {
        try await BlockingWork.run("simulation") {
            for seed in seeds {
                var plan = SimPlan.operators(seed: seed)
                change(&plan)
                if let violation = try Simulation(plan).run().violation { return "seed \(seed): \(violation)" }
            }
            return nil
        }
    }

    @Test func `Trees are rewound until they complete, and terminated whole, and nothing that succeeded runs again`()
        async throws
    {
        #expect(try await run(1...120) == nil)
    }

    @Test func `The plans find it if a termination does not reach the children`() async throws {
        let found = try await run(1...20) { plan in
            for (index, timed) in plan.actions.enumerated() {
                guard case .terminateAll(let root) = timed.action else { continue }
                plan.actions[index].action = .terminate(root: root)
            }
        }
        #expect(found?.contains("E1") == true, "\(found ?? "nothing")")
    }

    @Test func `The plans find it if nothing is rewound`() async throws {
        let found = try await run(1...20) { plan in
            plan.actions.removeAll { if case .rewind = $0.action { true } else { false } }
        }
        #expect(found?.contains("E3") == true, "\(found ?? "nothing")")
    }
}
