import Warren
import WarrenHost
import WarrenMessaging
import WarrenStorage
import WarrenSupport

/// Checks schedules: S1 to S3.
extension Simulation {
    /// Takes what partitions write about schedules and their runs.
    func watchSchedules() {
        guard !plan.schedules.isEmpty else { return }
        checker.onInsert = { [weak self] in self?.begins($0) }
    }

    /// Lets the book of schedules see what a process runs.
    func watchSchedules(_ parts: inout SimulatedProcess.Parts) {
        guard !plan.schedules.isEmpty else { return }
        let change = parts.changeRunner
        parts.changeRunner = { [book, plan] runner in
            SimWatchedRunner(change(runner)) { facts, events, outcome in
                for schedule in plan.schedules where schedule.instanceID == facts.instanceID {
                    book.note(schedule, facts.input, events, outcome)
                }
            }
        }
    }

    /// Checks S2: where the overlap rule lets a run wait for the one before, no two are under way.
    private func begins(_ instanceID: String) {
        for schedule in plan.schedules where ScheduleKeeper.isRun(instanceID, of: schedule.id) {
            guard schedule.overlap == .skip || schedule.overlap == .queue else { continue }
            for other in runs(of: schedule) where other.instanceID != instanceID && !other.status.isTerminal {
                world.fail("S2", instanceID, "it begins while \(other.instanceID) is \(other.status.rawValue)")
            }
        }
    }

    private func runs(of schedule: SimSchedule) -> [InstanceRecord] {
        disks.flatMap(\.rows.instances).filter { ScheduleKeeper.isRun($0.instanceID, of: schedule.id) }
    }

    func checkSchedules() {
        for schedule in plan.schedules { check(schedule) }
    }

    private func check(_ schedule: SimSchedule) {
        let disk = disks[Partitioning.partition(of: schedule.instanceID, count: Self.partitions)]
        guard let record = disk.rows.instance(schedule.instanceID), record.status == .completed,
            let output = record.output, let state = try? output.decode(as: ScheduleState.self),
            let duty = book.duty(of: schedule, at: output)
        else {
            let record = disk.rows.instance(schedule.instanceID)
            return world.fail(
                "S1", schedule.id,
                "it has not come to its end: \(record?.status.rawValue ?? "nothing"), \(record?.failure?.message ?? "")"
            )
        }
        for record in runs(of: schedule) { check(record, schedule) }
        let begun = checker.created.filter { ScheduleKeeper.isRun($0.key, of: schedule.id) }
        for (run, times) in begun.sorted(by: { $0.key < $1.key }) where times > 1 {
            world.fail("S1", run, "it is started \(times) times")
        }
        let wanted = Set(duty.times.map { Self.run(schedule, at: $0) })
        let triggered = begun.keys.count { $0.hasPrefix("\(schedule.id):manual-") }
        let due = Set(begun.keys.filter { !$0.hasPrefix("\(schedule.id):manual-") })
        if begun.count != state.runs {
            world.fail("S1", schedule.id, "it counts \(state.runs) runs, and there are \(begun.count)")
        }
        if let run = due.subtracting(wanted).min() { world.fail("S1", run, "its schedule has no such due time") }
        if begun.count + state.skipped != wanted.count + duty.triggers {
            world.fail(
                "S1", schedule.id,
                "\(begun.count) runs and \(state.skipped) skipped are not \(wanted.count) times and \(duty.triggers) triggers"
            )
        }
        // These rules skip nothing.
        if schedule.overlap == .allow || schedule.overlap == .terminate {
            if let run = wanted.subtracting(due).min() { world.fail("S1", run, "it was due, and never began") }
            if triggered != duty.triggers {
                world.fail("S1", schedule.id, "\(triggered) runs for \(duty.triggers) triggers")
            }
        }
        guard !schedule.isPaused else { return }
        let all = SimScheduleBook.times(of: schedule, created: duty.created)
        if schedule.catchUp == .all(atMost: 100), duty.times != all {
            world.fail("S1", schedule.id, "\(duty.times.count) of \(all.count) due times count")
        }
        if case .one = schedule.catchUp, duty.times.last != all.last {
            world.fail("S1", schedule.id, "the last due time is not caught up")
        }
    }

    /// Checks S3: a run does what its program says, unless its schedule terminates it.
    private func check(_ run: InstanceRecord, _ schedule: SimSchedule) {
        let isRight =
            switch run.status {
            case .completed: SimProgram.isExpected(run.output, of: schedule.ops)
            case .failed: SimProgram.expectation(schedule.ops).fails
            case .terminated: schedule.overlap == .terminate
            default: false
            }
        if !isRight { world.fail("S3", run.instanceID, "it is \(run.status.rawValue): \(run.output?.json ?? "")") }
    }

    private static func run(_ schedule: SimSchedule, at time: Int64) -> String {
        let text = ISO8601.text(Timestamp(microseconds: time)).filter { $0 != "-" && $0 != ":" }
        return "\(schedule.id):\(text)"
    }
}
