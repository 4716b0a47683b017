import Warren
import WarrenMessaging

extension Step {
    /// Moves a row that cannot be read out of the way, and reports it by an observation and a dead letter.
    ///
    /// - Parameter isTold: whether another observation reports it.
    mutating func setAside(_ row: DamagedRow, isTold: Bool = false, _ frame: Frame) {
        commit.setAside.append(row)
        if !isTold { observe(.rowSetAside(row)) }
        let refusal = Refusal(
            .damagedRow,
            "Row \(row.name) of table '\(row.table.rawValue)' of partition \(frame.rules.partition) cannot be read: "
                + "\(row.reason) It is kept in the file's table 'damaged'. Check the disk and the memory of the machine; "
                + "restore a backup if what is lost matters.")
        send(
            frame.wire.deadLetter(
                frame.wire.source(of: row), refusal, partition: frame.rules.partition, at: now))
    }
}

extension PartitionState {
    /// Sets aside the damaged rows that were found outside of a step.
    mutating func setAsideFindings(_ step: inout Step, _ frame: Frame) {
        for row in damage.take() {
            step.setAside(row, frame)
            if row.table == .outbox { changeGate(&step.observations) { $0.remove(1) } }
        }
    }

    /// Changes the counts of rows, and notes when the partition stops taking new work and when it resumes.
    mutating func changeGate(_ observations: inout [Observation], _ change: (inout OutboxGate) -> Void) {
        let before = gate
        change(&gate)
        if gate.takesIntake != before.takesIntake {
            observations.append(.intake(isTaken: gate.takesIntake, unconfirmed: gate.count))
        }
        if gate.firesTimers != before.firesTimers {
            observations.append(.timers(fire: gate.firesTimers, unconfirmed: gate.count))
        }
    }
}
