import Logging
import Synchronization
import Warren
import WarrenMessaging
import WarrenStorage

/// Notices that something that this host appended does not come back, and claims the partition again.
extension JournaledStore {
    /// The number of alarms without progress that make a doubt.
    private static let mostSilentAlarms = 2
    func setAlarm(_ state: inout State) {
        guard state.writer.isAwaiting, !state.isAlarmSet else { return }
        state.isAlarmSet = true
        state.alarmSetAt = around.clock.now
        state.progressWhenSet = state.writer.progress
        alarm.withLock { $0 }?.set(after: around.doubtAfter / Self.mostSilentAlarms)
    }

    /// Looks whether anything of what this host appended was read since the alarm was set.
    func look() {
        let isBlocked = around.journal.transport.blockedReason != nil
        let now = around.clock.now
        let (isDoubtful, isLate) = state.withLock { state -> (Bool, Bool) in
            state.isAlarmSet = false
            let isLate = now.duration(since: state.alarmSetAt) > around.doubtAfter * 4
            // A broker in an alarm takes nothing: there is nothing to wait for, and nothing is lost.
            // While the disk is slow, nothing is read: what is missing may wait in this process.
            let isSilent =
                state.writer.progress == state.progressWhenSet && state.writer.isAwaiting
                && (state.writer.isOwning || state.writer.isRenewing) && !isBlocked && window.hasRoom
            state.silentAlarms = isSilent ? state.silentAlarms + 1 : 0
            let isDoubtful = state.silentAlarms >= Self.mostSilentAlarms
            if isDoubtful { state.silentAlarms = 0 }
            setAlarm(&state)
            return (isDoubtful, isLate)
        }
        guard isDoubtful else { return }
        let error = StorageError(
            .unconfirmed, "Nothing of what was appended came back within \(around.doubtAfter).",
            path: around.journal.stream)
        // A process that stood still may have lost its turn meanwhile: it does not compete with the host that has it.
        if isLate { fail(error) } else { renew(error) }
    }

    /// Handles that records may not have arrived.
    func notAppended(_ error: StorageError, under claim: UInt64) {
        guard error.code == .unconfirmed else { return fail(error) }
        // Everything that was appended under an earlier claim is decided already, or will be by the one that follows.
        if state.withLock({ $0.writer.owningClaim == claim }) { renew(error) }
    }

    /// Claims the partition again and goes on, because of a doubt about what was appended.
    func renew(_ reason: StorageError) {
        let isLeaving = heir.withLock { $0 != nil }
        let (record, isFirst) = state.withLock { state -> (JournalRecord?, Bool) in
            let isFirst = !state.writer.isRenewing
            let record = isLeaving ? nil : state.writer.renew(around.random.next(), facts(state), at: around.clock.now)
            setAlarm(&state)
            return (record, isFirst)
        }
        guard let record else { return fail(reason) }
        do throws(StorageError) {
            let encoded = try around.journal.encoded(record)
            // The channel may have lost what it got, without a word.
            if !isFirst { around.journal.transport.suspectLoss() }
            // One that is lost is repeated at the next alarm.
            around.journal.append([encoded]) { [weak self] error in
                if error.reach == .file { self?.fail(error) }
            }
        } catch {
            return fail(error)
        }
        around.logger.log(
            level: isFirst ? .notice : .debug,
            "What this host appended to a partition's journal may be lost; it claims the partition again and goes on",
            metadata: ["epoch": "\(record.epoch)", "reason": "\(reason.message)"])
    }

    /// What a claim says of this host.
    func facts(_ state: State) -> JournalClaim {
        let position = state.writer.position
        return JournalClaim(
            host: around.hostID, version: JournalClaim.currentVersion, baseEpoch: position?.epoch ?? 0,
            baseSeq: position?.next ?? 0, previousHost: state.writer.lastOwner,
            isCareful: state.writer.mustBeCareful(around.hostID, at: around.clock.now))
    }
}
