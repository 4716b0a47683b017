import Testing
import WarrenPartition

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

    @Test("Rows that wait for a destination which takes nothing count only beyond a hundred times the limit")
    func parked() {
        var gate = OutboxGate(limit: 100)
        gate.add(5000)
        #expect(!gate.takesIntake && !gate.firesTimers)
        gate.park(4990)
        #expect(gate.takesIntake && gate.firesTimers && gate.count == 10)
        gate.add(6000)
        gate.park(10_990)
        #expect(!gate.takesIntake && !gate.firesTimers && gate.count == 1000)
        gate.remove(1000)
        gate.park(9990)
        #expect(gate.takesIntake && gate.count == 10)
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
