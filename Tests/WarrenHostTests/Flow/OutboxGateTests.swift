import Testing

@testable import WarrenHost

@Suite("Whether a partition takes new work")
struct OutboxGateTests {
    @Test("Intake stops at half of the limit and goes on at a quarter; timers stop at all of it and go on at half")
    func thresholds() {
        var gate = OutboxGate(limit: 100)
        gate.add(49)
        #expect(gate.takesIntake && gate.firesTimers)
        gate.add(1)
        #expect(!gate.takesIntake && gate.firesTimers)
        gate.add(49)
        #expect(gate.firesTimers)
        gate.add(1)
        #expect(!gate.takesIntake && !gate.firesTimers)
        gate.remove(49)
        #expect(!gate.takesIntake && !gate.firesTimers)
        gate.remove(1)
        #expect(!gate.takesIntake && gate.firesTimers)
        gate.remove(24)
        #expect(!gate.takesIntake)
        gate.remove(1)
        #expect(gate.takesIntake)
        #expect(gate.count == 25)
    }

    @Test("The smallest limit lets work through once nothing waits", arguments: [1, 2, 3, 4])
    func small(limit: Int) {
        var gate = OutboxGate(limit: limit)
        gate.add(limit)
        #expect(!gate.takesIntake && !gate.firesTimers)
        gate.remove(limit)
        #expect(gate.takesIntake && gate.firesTimers)
    }
}
